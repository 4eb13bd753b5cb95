"""Work that use cases add for each other."""

from __future__ import annotations

from bot.app.ports import WorkItem


def review_of(project_id: int, iid: int) -> WorkItem:
    """Return the work that looks at a merge request."""
    return WorkItem(
        kind="review",
        lane=f"mr:{project_id}:{iid}",
        payload={"project_id": project_id, "iid": iid},
        coalesce="review",
    )


def command_of(project_id: int, iid: int, note_id: int) -> WorkItem:
    """Return the work that answers a comment."""
    where = {"project_id": project_id, "iid": iid, "note_id": note_id}
    return WorkItem(kind="command", lane=f"mr:{project_id}:{iid}", payload=where)


def branch_work(project_id: int, ref: str) -> WorkItem:
    """Return the work that looks at a branch."""
    return WorkItem(
        kind="branch",
        lane=f"ref:{project_id}:{ref}",
        payload={"project_id": project_id, "ref": ref},
        coalesce="branch",
    )
