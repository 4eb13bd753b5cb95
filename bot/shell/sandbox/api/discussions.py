"""Threads of merge requests."""

from __future__ import annotations

from bot.shell.sandbox import comments, request_views
from bot.shell.sandbox.api.notes import written
from bot.shell.sandbox.comments import OnlyCommands, Place
from bot.shell.sandbox.errors import ApiError, UnknownRequestError, forbidden, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, ok, paged
from bot.shell.sandbox.state import Json

_POSITION = frozenset(
    [
        "position_type",
        "base_sha",
        "start_sha",
        "head_sha",
        "old_path",
        "new_path",
        "old_line",
        "new_line",
        "line_range",
    ]
)
_POSITION_NEEDS = ("position_type", "base_sha", "start_sha", "head_sha", "old_path", "new_path")


def _id(call: Call) -> str:
    if not comments.thread(call.merge_request, call.params["discussion"]):
        raise not_found("Discussion")
    return call.params["discussion"]


def _view(call: Call, discussion_id: str) -> Json:
    return request_views.discussion(call.world, call.merge_request, discussion_id)


def _list(call: Call) -> Answer:
    ids = dict.fromkeys(note.discussion_id for note in call.merge_request.notes)
    return paged(call, ids, lambda discussion_id: _view(call, discussion_id))


def _show(call: Call) -> Answer:
    return ok(_view(call, _id(call)))


def _create(call: Call) -> Answer:
    place = Place(thread=True, position=_position(call.args.get("position")))
    note = comments.add_note(call.world, call.merge_request, call.user, str(call.args["body"]), place)
    if isinstance(note, OnlyCommands):
        return written(call, note, 202)
    return created(_view(call, note.discussion_id))


def _position(position: Json | None) -> Json | None:
    if position is None:
        return None
    unknown = position.keys() - _POSITION
    if unknown:
        raise UnknownRequestError(f"no such field of a position: {sorted(unknown)}")
    missing = [f"position[{name}] is missing" for name in _POSITION_NEEDS if not position.get(name)]
    if missing:
        raise ApiError(400, {"error": ", ".join(missing)})
    return {"old_line": None, "new_line": None, **position}


def _reply(call: Call) -> Answer:
    place = Place(discussion_id=_id(call))
    note = comments.add_note(call.world, call.merge_request, call.user, str(call.args["body"]), place)
    return written(call, note, 201)


def _resolve(call: Call) -> Answer:
    discussion_id = _id(call)
    resolved = bool(call.args["resolved"])
    comments.resolve(call.world, call.merge_request, call.user, discussion_id, resolved=resolved)
    return ok(_view(call, discussion_id))


def _edit(call: Call) -> Answer:
    if len(call.args) != 1:
        raise ApiError(400, {"error": "body, resolved are mutually exclusive"})
    if "resolved" in call.args:
        return _resolve(call)
    note = next(
        (n for n in comments.thread(call.merge_request, _id(call)) if str(n.id) == call.params["note"]), None
    )
    if note is None:
        raise not_found("Note")
    if note.author is not call.user:
        raise forbidden()
    return written(call, comments.edit_note(call.world, call.merge_request, note, str(call.args["body"])), 200)


_ALL = "/projects/{project}/merge_requests/{iid}/discussions"
_ONE = f"{_ALL}/{{discussion}}"
_NEW = {"body": str, "position": dict}

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, paged=True),
    Route(method="POST", path=_ALL, handler=_create, takes=_NEW, required=("body",)),
    Route(method="GET", path=_ONE, handler=_show),
    Route(method="PUT", path=_ONE, handler=_resolve, takes={"resolved": bool}, required=("resolved",)),
    Route(method="POST", path=f"{_ONE}/notes", handler=_reply, takes={"body": str}, required=("body",)),
    Route(method="PUT", path=f"{_ONE}/notes/{{note}}", handler=_edit, takes={"body": str, "resolved": bool}),
)
