"""What a module of `bot.app.events` carries: how one webhook event is read and what work follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from bot.app.ports import WorkItem

Id = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Text = Annotated[str, Meta(max_length=1000, pattern=r"\A[^\x00]*\Z")]  # PostgreSQL stores no NUL

OWN_BRANCHES = "scansion/"


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook event: the constant ``EVENT`` of its module.

    ``object_kind`` is GitLab's name of it in the body. ``payload`` is a frozen dataclass that declares
    only the fields used. ``plan`` is pure. ``identity`` names what happened, so that the deliveries of a
    project hook and of a group hook for the same happening are known as one; empty when unsure.
    """

    id: str
    object_kind: str
    payload: type[Any]
    plan: Callable[[Any], tuple[WorkItem, ...]]
    identity: Callable[[Any], str]


def merge_request_lane(project_id: int, iid: int) -> str:
    """The lane of everything that writes to one merge request."""
    return f"mr:{project_id}:{iid}"


def ref_lane(project_id: int, ref: str) -> str:
    """The lane of work on a branch or tag whose merge request is not known yet."""
    return f"ref:{project_id}:{ref}"


def pipeline_work(
    kind: str, project_id: int, pipeline_id: int, *, ref: str, sha: str, iid: int | None
) -> WorkItem:
    """Work about a pipeline, on the lane of its merge request where that is known."""
    return WorkItem(
        kind=kind,
        lane=ref_lane(project_id, ref) if iid is None else merge_request_lane(project_id, iid),
        payload={"project_id": project_id, "pipeline_id": pipeline_id, "ref": ref, "sha": sha, "iid": iid},
        coalesce=f"{kind}:{pipeline_id}",
    )


def learn_work(project_id: int, pipeline_id: int) -> WorkItem:
    """Work that reads logs of a green pipeline, where somebody wants to know; of several the newest is enough."""
    return WorkItem(
        kind="learn",
        lane=f"learn:{project_id}",
        payload={"project_id": project_id, "pipeline_id": pipeline_id},
        coalesce="learn",
    )
