"""A pipeline changed its status."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.event import OWN_BRANCHES, Event, Id, Text, learn_work, pipeline_work
from bot.app.ports import WorkItem

FINISHED = frozenset({"success", "failed", "canceled", "skipped", "manual"})


@dataclass(frozen=True, slots=True)
class Project:
    """The project in which the pipeline ran."""

    id: Id


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The merge request of the pipeline: set only for merge request pipelines, never for those of a branch."""

    iid: Id
    target_project_id: Id


@dataclass(frozen=True, slots=True)
class Attributes:
    """The pipeline. ``ref`` is the branch, also for a merge request pipeline."""

    id: Id
    ref: Text
    sha: Text
    status: Text
    finished_at: Text | None = None


@dataclass(frozen=True, slots=True)
class Build:
    """The newest attempt of a job."""

    id: Id
    status: Text = ""


@dataclass(frozen=True, slots=True)
class Payload:
    """The body."""

    project: Project
    object_attributes: Attributes
    merge_request: MergeRequest | None = None
    builds: tuple[Build, ...] = ()


def plan(payload: Payload) -> tuple[WorkItem, ...]:
    """Diagnose a pipeline that ended (a green one takes back what was said); watch the bot's own branches.

    A green one may also have something to teach.
    """
    pipeline = payload.object_attributes
    if pipeline.status not in FINISHED:
        return ()
    kind = "watch" if pipeline.ref.startswith(OWN_BRANCHES) else "diagnose"
    iid = _merge_request_here(payload)
    look = pipeline_work(kind, payload.project.id, pipeline.id, ref=pipeline.ref, sha=pipeline.sha, iid=iid)
    if kind == "watch" or pipeline.status != "success":
        return (look,)
    return look, learn_work(payload.project.id, pipeline.id)


def identity(payload: Payload) -> str:
    """Pipeline, status and which attempts of its jobs: a retry gives a failed pipeline new job ids."""
    pipeline = payload.object_attributes
    attempts = ",".join(
        f"{build.id}={build.status}" for build in sorted(payload.builds, key=lambda build: build.id)
    )
    return "!".join(
        [str(payload.project.id), str(pipeline.id), pipeline.status, pipeline.finished_at or "", attempts]
    )


def _merge_request_here(payload: Payload) -> int | None:
    """The iid counts in the target project: that of a fork's pipeline belongs to another project."""
    request = payload.merge_request
    if request is None or request.target_project_id != payload.project.id:
        return None
    return request.iid


EVENT = Event(id="pipeline", object_kind="pipeline", payload=Payload, plan=plan, identity=identity)
