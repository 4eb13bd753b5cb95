"""Notes of merge requests and their emoji."""

from __future__ import annotations

from bot.shell.sandbox import comments, request_views, views
from bot.shell.sandbox.comments import OnlyCommands, Place
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, gone, ok, paged
from bot.shell.sandbox.state import MAINTAINER, Json, Note


def _found(call: Call) -> Note:
    number = call.params["note"]
    found = next((note for note in call.merge_request.notes if str(note.id) == number), None)
    if found is None:
        raise not_found("Note")
    return found


def _view(call: Call, note: Note) -> Json:
    return request_views.note(call.world, call.merge_request, note)


def written(call: Call, note: Note | OnlyCommands, status: int) -> Answer:
    """The answer to a comment that was written, or that was all commands."""
    if isinstance(note, OnlyCommands):
        return Answer({"commands_changes": {}, "summary": list(note.summary)}, 202)
    return Answer(_view(call, note), status)


def _list(call: Call) -> Answer:
    shown = call.args.get("activity_filter", "all_notes")
    kinds = {"all_notes": {True, False}, "only_comments": {False}, "only_activity": {True}}[shown]
    notes = [note for note in call.merge_request.notes if note.system in kinds]
    if call.args.get("sort", "desc") == "desc":
        notes.reverse()
    return paged(call, notes, lambda note: _view(call, note))


def _show(call: Call) -> Answer:
    return ok(_view(call, _found(call)))


def _create(call: Call) -> Answer:
    note = comments.add_note(call.world, call.merge_request, call.user, str(call.args["body"]), Place())
    return written(call, note, 201)


def _editable(call: Call) -> Note:
    """The author may edit a note, and whoever maintains the project."""
    note = _found(call)
    if note.author is not call.user:
        call.need(MAINTAINER)
    return note


def _update(call: Call) -> Answer:
    note = _editable(call)
    return written(call, comments.edit_note(call.world, call.merge_request, note, str(call.args["body"])), 200)


def _delete(call: Call) -> Answer:
    call.merge_request.notes.remove(_editable(call))
    return gone()


def _award(call: Call) -> Answer:
    name = str(call.args["name"])
    number = comments.award(call.world, _found(call), call.user, name)
    return created(_emoji(call, (number, name)))


def _awards(call: Call) -> Answer:
    return paged(call, _found(call).awards, lambda award: _emoji(call, award[:2]))


def _emoji(call: Call, award: tuple[int, str]) -> Json:
    number, name = award
    note = _found(call)
    author = views.user(call.world, call.user)
    return {"id": number, "name": name, "user": author, "awardable_id": note.id, "awardable_type": "Note"}


_ALL = "/projects/{project}/merge_requests/{iid}/notes"
_ONE = f"{_ALL}/{{note}}"

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, takes={"activity_filter": str}, paged=True),
    Route(method="POST", path=_ALL, handler=_create, takes={"body": str, "internal": bool}, required=("body",)),
    Route(method="GET", path=_ONE, handler=_show),
    Route(method="PUT", path=_ONE, handler=_update, takes={"body": str}, required=("body",)),
    Route(method="DELETE", path=_ONE, handler=_delete),
    Route(method="GET", path=f"{_ONE}/award_emoji", handler=_awards, paged=True),
    Route(method="POST", path=f"{_ONE}/award_emoji", handler=_award, takes={"name": str}, required=("name",)),
)
