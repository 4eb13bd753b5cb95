"""A merge request was opened, pushed to, closed, approved, or had its title, labels or draft mark changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.app.event import Event, Id, Text, merge_request_lane
from bot.app.ports import WorkItem


@dataclass(frozen=True, slots=True)
class Project:
    """The target project."""

    id: Id


@dataclass(frozen=True, slots=True)
class LastCommit:
    """The head of the source branch."""

    id: Text


@dataclass(frozen=True, slots=True)
class Attributes:
    """The merge request. ``oldrev`` is there only when an update was caused by code."""

    iid: Id
    action: Text = ""
    oldrev: Text | None = None
    updated_at: Text | None = None
    last_commit: LastCommit | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """The body. The values of ``changes`` have several shapes; only the names matter here."""

    project: Project
    object_attributes: Attributes
    changes: dict[str, object] = field(default_factory=dict)


def plan(payload: Payload) -> tuple[WorkItem, ...]:
    """Review when what a review looks at may have changed."""
    if not _changes_the_review(payload):
        return ()
    project_id, iid = payload.project.id, payload.object_attributes.iid
    return (
        WorkItem(
            kind="review",
            lane=merge_request_lane(project_id, iid),
            payload={"project_id": project_id, "iid": iid},
            coalesce="review",
        ),
    )


def identity(payload: Payload) -> str:
    """Project, merge request, what was done and on which code and time."""
    attributes = payload.object_attributes
    if not attributes.action or not attributes.updated_at:
        return ""
    sha = attributes.last_commit.id if attributes.last_commit else ""
    changed = ",".join(sorted(payload.changes))
    parts = [payload.project.id, attributes.iid, attributes.action, attributes.updated_at, sha, attributes.oldrev]
    return "!".join(str(part) for part in [*parts, changed])


def _changes_the_review(payload: Payload) -> bool:
    attributes = payload.object_attributes
    if attributes.action in {"open", "reopen", "close", "merge"}:
        return True
    pushed = bool(attributes.oldrev)
    return attributes.action == "update" and (pushed or not payload.changes.keys().isdisjoint(_REVIEWED))


_REVIEWED = ("target_branch", "draft", "labels")

EVENT = Event(id="merge-request", object_kind="merge_request", payload=Payload, plan=plan, identity=identity)
