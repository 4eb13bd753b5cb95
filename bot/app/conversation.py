"""The one note of a merge request, reconciled: found by marker and author, written only when it changes."""

from __future__ import annotations

from dataclasses import replace

from bot.app.ports import ForbiddenError, Note, NotFoundError
from bot.app.scene import Scene
from bot.core.finding import Severity
from bot.core.render.contents import Contents
from bot.core.render.note import NoteState, read_note, render_note, same_text, was_edited

_REMEMBERED_S = 90 * 86400.0
_GHOST = "ghost"


async def find_note(scene: Scene) -> tuple[Note, NoteState] | None:
    """Return our note: this bot's own before a predecessor's, the oldest first.

    Some weeks after a token is gone GitLab gives its notes to the ghost user: the one that we remember is ours.
    """
    found = [(note, state) for _, note in scene.own_notes() if (state := read_note(note.body)) is not None]
    own = [pair for pair in found if pair[0].author.id == scene.me.id]
    if own or found:
        return (own or found)[0]
    remembered = await scene.services.memory.get(_key(scene))
    for note in (note for discussion in scene.discussions for note in discussion.notes):
        if note.author.username == _GHOST and str(note.id) == remembered and (state := read_note(note.body)):
            return note, state
    return None


async def reconcile_note(scene: Scene, contents: Contents) -> None:
    """Make the note say what the contents say, with at most one write."""
    found = await find_note(scene)
    if found is None:
        said = scene.forced or not scene.is_empty  # nobody has done anything yet
        if said and _is_worth_a_note(contents) and not await _was_deleted(scene):
            await _create(scene, render_note(contents, None))
        return
    note, before = found
    if was_edited(note.body, before) and not scene.forced:
        return  # a person's words are never overwritten; `/scansion check` takes the note back
    as_of_then = replace(contents, links=replace(contents.links, ref=before.sha))
    if same_text(render_note(as_of_then, before), note.body):
        return
    await _update(scene, note, render_note(contents, before))


def _is_worth_a_note(contents: Contents) -> bool:
    weighty = any(finding.severity is not Severity.INFO for finding in contents.findings)
    return weighty or bool(contents.failures) or bool(contents.remarks)


async def _was_deleted(scene: Scene) -> bool:
    """Whether a person removed the note: then none is written until somebody asks for it."""
    return not scene.forced and await scene.services.memory.get(_key(scene)) is not None


async def _create(scene: Scene, body: str) -> None:
    await scene.pen.ready()
    note = await scene.services.forge.create_note(*scene.address, body)
    await scene.services.memory.set(_key(scene), str(note.id), keep_s=_REMEMBERED_S)


async def _update(scene: Scene, note: Note, body: str) -> None:
    await scene.pen.ready()
    try:
        await scene.services.forge.update_note(*scene.address, note.id, body)
        await scene.services.memory.set(_key(scene), str(note.id), keep_s=_REMEMBERED_S)
    except (ForbiddenError, NotFoundError):
        if note.author.id == scene.me.id:
            raise
        await _create(scene, body)  # a predecessor's note that this role may not edit


def _key(scene: Scene) -> str:
    return f"note:{scene.request.project_id}:{scene.request.iid}"
