"""Commands whose delivery never came, found in the comments that a review reads anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.app.command import all_commands
from bot.app.lanes import command_of
from bot.app.ports import Note, Services
from bot.app.scene import Scene, is_bot
from bot.core.chat import read_command
from bot.core.render.reply import read_reply

_LATE_S = 120.0  # a delivery may still be on its way
_OLD_S = 86400.0  # what nobody answered for a day was said to nobody
_INSTANT_S = 2.0  # GitLab touches a new comment once more
_KEEP_S = 2 * _OLD_S


async def take_up(services: Services, project_id: int, note_id: int) -> bool:
    """Remember that a comment was read; returns whether it was not before."""
    key = f"read:{project_id}:{note_id}"
    if await services.memory.get(key) is not None:
        return False
    await services.memory.set(key, "1", keep_s=_KEEP_S)
    return True


async def recall_commands(scene: Scene) -> None:
    """Queue every command that has no answer and was never read. One whose answer was deleted was read."""
    for note in _unanswered(scene):
        if await take_up(scene.services, scene.project.id, note.id):
            await scene.services.queue.add(None, [command_of(*scene.address, note.id)])


def _unanswered(scene: Scene) -> Iterator[Note]:
    answered = {mark.note for _, note in scene.own_notes() if (mark := read_reply(note.body)) is not None}
    now = scene.services.clock.now()
    for note in (note for discussion in scene.discussions for note in discussion.notes):
        if note.id in answered or note.system or is_bot(note.author, scene.me) or not _is_of_age(note, now):
            continue
        if read_command(note.body, scene.me.username, all_commands()) is not None:
            yield note


def _is_of_age(note: Note, now: float) -> bool:
    """Whether a delivery would have come by now, and the comment is not old and was not edited."""
    if not note.created_at:
        return False
    written, changed = (_seconds(text) for text in (note.created_at, note.updated_at or note.created_at))
    return _LATE_S <= now - written <= _OLD_S and changed - written < _INSTANT_S


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
