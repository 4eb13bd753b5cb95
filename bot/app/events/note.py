"""Somebody wrote or edited a comment."""

from __future__ import annotations

from dataclasses import dataclass

from bot.app.event import Event, Id, Text, merge_request_lane
from bot.app.ports import WorkItem


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """The merge request that was commented on."""

    iid: Id
    target_project_id: Id


@dataclass(frozen=True, slots=True)
class Attributes:
    """The comment."""

    id: Id
    note: str
    author_id: Id
    action: Text = "create"  # GitLab before 16.11 does not say, and fired for new comments only
    discussion_id: Text = ""
    system: bool = False
    updated_at: Text | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """The body."""

    project_id: Id
    object_attributes: Attributes
    merge_request: MergeRequest | None = None


def plan(payload: Payload) -> tuple[WorkItem, ...]:
    """Look at a new comment that may address the bot; whether it does is decided with its name known."""
    comment, request = payload.object_attributes, payload.merge_request
    if request is None or comment.system or comment.action != "create" or not _may_address_the_bot(comment.note):
        return ()
    lane = merge_request_lane(request.target_project_id, request.iid)
    where = {
        "project_id": request.target_project_id,
        "iid": request.iid,
        "note_id": comment.id,
        "author_id": comment.author_id,
        "discussion_id": comment.discussion_id,
    }
    return (WorkItem(kind="command", lane=lane, payload=where),)


def identity(payload: Payload) -> str:
    """The comment and its version."""
    comment = payload.object_attributes
    return f"{payload.project_id}!{comment.id}!{comment.action}!{comment.updated_at or ''}"


def _may_address_the_bot(text: str) -> bool:
    lines = (line.lstrip() for line in text.splitlines())
    return any(line.startswith(("/scansion", "@")) for line in lines)


EVENT = Event(id="note", object_kind="note", payload=Payload, plan=plan, identity=identity)
