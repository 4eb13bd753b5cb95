"""Commit statuses from outside."""

from __future__ import annotations

from bot.shell.sandbox import ci_views
from bot.shell.sandbox.errors import ApiError, bad_request, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, paged
from bot.shell.sandbox.state import DEVELOPER, CommitStatus

_STATES = frozenset({"pending", "running", "success", "failed", "canceled", "skipped"})


def _create(call: Call) -> Answer:
    project, args = call.project, call.args
    commit = project.repository.resolve(call.params["sha"])
    if commit is None:
        raise not_found("Commit")
    state = str(args["state"])
    if state not in _STATES:
        raise ApiError(400, {"error": "state does not have a valid value"})
    name = str(args.get("name") or args.get("context") or "default")
    known = next((s for s in project.statuses if (s.sha, s.name) == (commit.sha, name)), None)
    if known and known.state == state:
        raise bad_request(f"Cannot transition status via :{state} from :{state}")
    if known is None:
        known = CommitStatus(
            id=call.world.next_id(),
            sha=commit.sha,
            ref=str(args.get("ref", "")),
            name=name,
            state=state,
            description="",
            target_url="",
            author=call.user,
            created_at=call.world.now(),
        )
        project.statuses.append(known)
    known.state, known.description = state, str(args.get("description") or "")
    known.target_url = str(args.get("target_url") or "")
    return created(ci_views.status(call.world, known))


def _list(call: Call) -> Answer:
    commit = call.project.repository.resolve(call.params["sha"])
    found = [status for status in call.project.statuses if commit and status.sha == commit.sha]
    return paged(call, found, lambda status: ci_views.status(call.world, status))


_NEW = dict.fromkeys(("state", "ref", "name", "context", "target_url", "description"), str)

ROUTES = (
    Route(
        method="POST",
        path="/projects/{project}/statuses/{sha}",
        handler=_create,
        takes=_NEW,
        required=("state",),
        level=DEVELOPER,
    ),
    Route(method="GET", path="/projects/{project}/repository/commits/{sha}/statuses", handler=_list, paged=True),
)
