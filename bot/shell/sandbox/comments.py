"""Notes and threads on merge requests, with the quick actions that hide in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.shell.sandbox import access, merge_requests, payloads, quick_actions, suggestions
from bot.shell.sandbox.errors import ApiError, bad_request, forbidden
from bot.shell.sandbox.state import DEVELOPER, Json, MergeRequest, Note, User, World

MAX_NOTE = 1_000_000
MAX_NOTES = 5_000
LINE_CODE_ERROR = 'Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'


@dataclass(frozen=True, kw_only=True)
class OnlyCommands:
    """What came of a comment that was all commands: no note."""

    summary: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a new note goes: a thread of that id, a new thread, or (neither) a note of its own."""

    discussion_id: str = ""
    thread: bool = False
    position: Json | None = None


def add_note(world: World, request: MergeRequest, author: User, body: str, place: Place) -> Note | OnlyCommands:
    """Write a comment: run its commands, keep the rest."""
    _check_body(request, body)
    if place.position is not None:
        check_position(request, place.position)
    text, commands = quick_actions.extract(body)
    summary = [_run(world, request, author, name, argument) for name, argument in commands]
    if commands and not text.strip():
        if any(line.startswith("Could not") for line in summary):
            raise bad_request(" ".join(summary))
        return OnlyCommands(summary=tuple(summary))
    return _store(world, request, author, text, place)


def _check_body(request: MergeRequest, body: str) -> None:
    if not body.strip():
        raise bad_request('Note {:note=>["can\'t be blank"]}')
    if len(body) > MAX_NOTE:
        raise bad_request(f'Note {{:note=>["is too long (maximum is {MAX_NOTE} characters)"]}}')
    if sum(not note.system for note in request.notes) >= MAX_NOTES:
        raise bad_request('Note {:base=>["Maximum number of comments exceeded"]}')


def _store(world: World, request: MergeRequest, author: User, body: str, place: Place) -> Note:
    now, number = world.now(), world.next_id()
    fresh = hashlib.sha1(f"discussion {number}".encode(), usedforsecurity=False).hexdigest()
    note = Note(
        id=number,
        body=body,
        author=author,
        discussion_id=place.discussion_id or fresh,
        created_at=now,
        updated_at=now,
        kind=_kind(request, place),
        position=place.position,
    )
    if note.kind == "DiffNote" and place.position:
        note.suggestions = suggestions.parse(world, request, body, place.position)
    request.notes.append(note)
    request.notes_created += 1
    request.updated_at = now
    world.emit(request.target_project, "note_events", payloads.note(world, request, note, "create"))
    return note


def _kind(request: MergeRequest, place: Place) -> str | None:
    if place.discussion_id:
        first = thread(request, place.discussion_id)[0]
        first.kind = first.kind or "DiscussionNote"
        return first.kind
    if place.position is not None:
        return "DiffNote"
    return "DiscussionNote" if place.thread else None


def edit_note(world: World, request: MergeRequest, note: Note, body: str) -> Note | OnlyCommands:
    """Replace a note's text; commands in it run as in a new one."""
    _check_body(request, body)
    text, commands = quick_actions.extract(body)
    summary = [_run(world, request, note.author, name, argument) for name, argument in commands]
    if commands and not text.strip():
        return OnlyCommands(summary=tuple(summary))
    note.body, note.updated_at = text, world.now()
    if note.kind == "DiffNote" and note.position:
        note.suggestions = suggestions.parse(world, request, text, note.position)
    world.emit(request.target_project, "note_events", payloads.note(world, request, note, "update"))
    return note


def thread(request: MergeRequest, discussion_id: str) -> list[Note]:
    """Return a thread's notes in order."""
    return [note for note in request.notes if note.discussion_id == discussion_id]


def resolve(world: World, request: MergeRequest, user: User, discussion_id: str, *, resolved: bool) -> None:
    """Resolve a thread, or open it again."""
    notes = [note for note in thread(request, discussion_id) if note.resolvable]
    may = access.level(request.target_project, user) >= DEVELOPER or request.author is user
    if not notes or not may:
        raise forbidden()
    if all((note.resolved_by is not None) == resolved for note in notes):
        return
    for note in notes:
        note.resolved_by = user if resolved else None
    request.updated_at = world.now()
    done = all(note.resolved_by for note in request.notes if note.resolvable)
    changes = {"blocking_discussions_resolved": {"previous": not done, "current": done}}
    payload = payloads.merge_request(world, request, user, action="update", changes=changes)
    world.emit(request.target_project, "merge_requests_events", payload)


def check_position(request: MergeRequest, position: Json) -> None:
    """Refuse a position that does not name a line of the present diff."""
    version = request.versions[0]
    wanted = (version.base, version.start, version.head)
    given = tuple(position.get(name) for name in ("base_sha", "start_sha", "head_sha"))
    change = next((c for c in merge_requests.diff(request) if c.new_path == position.get("new_path")), None)
    if given != wanted or change is None or change.old_path != position.get("old_path"):
        raise bad_request(LINE_CODE_ERROR)
    if position.get("position_type") == "file":
        return
    old, new = position.get("old_line"), position.get("new_line")
    added = new in change.added and old is None
    removed = old in change.removed and new is None
    if not (added or removed or (new, old) in change.unchanged):
        raise bad_request(LINE_CODE_ERROR)


def award(world: World, note: Note, user: User, name: str) -> int:
    """Put an emoji on a note; each person has each emoji once."""
    if any(emoji == name and by is user for _id, emoji, by in note.awards):
        raise ApiError(404, {"message": "404 Award Emoji Name has already been taken Not Found"})
    number = world.next_id()
    note.awards.append((number, name, user))
    return number


def _run(world: World, request: MergeRequest, user: User, name: str, argument: str) -> str:
    """Run one quick action with the writer's rights; the instance remembers that it ran."""
    if access.level(request.target_project, user) < DEVELOPER and request.author is not user:
        return f"Could not apply {name} command."
    request.executed.append((name, argument))
    fields = _fields(request, name, argument)
    if name in {"approve", "ship"} and user not in request.approved_by:
        request.approved_by.append(user)
    if fields:
        merge_requests.update(world, request, user, fields)
    return f"Applied {name} command."


def _fields(request: MergeRequest, name: str, argument: str) -> Json:
    bare = request.title.removeprefix("Draft:").strip()
    fields: dict[str, Json] = {
        "close": {"state_event": "close"},
        "reopen": {"state_event": "reopen"},
        "title": {"title": argument or request.title},
        "label": {"add_labels": argument.replace("~", ",")},
        "unlabel": {"remove_labels": argument.replace("~", ",")},
        "target_branch": {"target_branch": argument or request.target_branch},
        "draft": {"title": f"Draft: {bare}"},
        "ready": {"title": bare},
    }
    return fields.get(name, {})
