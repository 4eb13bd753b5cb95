"""A CI job changed its status (GitLab calls it a build in the body)."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.event import OWN_BRANCHES, Event, Id, Text, pipeline_work
from bot.app.ports import WorkItem


@dataclass(frozen=True, slots=True)
class Payload:
    """The body. There is no merge request in it."""

    project_id: Id
    pipeline_id: Id
    build_id: Id
    build_status: Text
    ref: Text
    sha: Text
    build_allow_failure: bool = False


def plan(payload: Payload) -> tuple[WorkItem, ...]:
    """Diagnose as soon as a job that counts has failed: the pipeline may go on for long."""
    counts = payload.build_status == "failed" and not payload.build_allow_failure
    if not counts or payload.ref.startswith(OWN_BRANCHES):
        return ()
    return (
        pipeline_work(
            "diagnose", payload.project_id, payload.pipeline_id, ref=payload.ref, sha=payload.sha, iid=None
        ),
    )


def identity(payload: Payload) -> str:
    """The attempt and its status."""
    return f"{payload.project_id}!{payload.build_id}!{payload.build_status}"


EVENT = Event(id="job", object_kind="build", payload=Payload, plan=plan, identity=identity)
