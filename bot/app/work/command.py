"""Answer a chat command: who may, what came of it, once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.app.command import Answer, Command, Request, all_commands
from bot.app.commands.help import short_help
from bot.app.fixup_target import Fixup, read_fixup
from bot.app.overlooked import take_up
from bot.app.ports import (
    Discussion,
    Done,
    ForgeError,
    MergeRequest,
    Note,
    Outcome,
    PermanentForgeError,
    Retry,
    Services,
    TransientForgeError,
    User,
    Work,
)
from bot.app.reconcile import reconcile
from bot.app.scene import HeadMovedError, is_bot, is_ours
from bot.app.snapshots import read_me
from bot.core.chat import ChatCommand, read_command
from bot.core.render.inert import code, prose
from bot.core.render.reply import ReplyMark, read_reply, render_reply
from bot.core.render.secrets import scrub

DEVELOPER = 30
EVERYWHERE = frozenset({"help", "explain"})
_HOUR_S = 3600.0


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Find the comment, see whether it is a command that was not answered yet, and answer it."""
    project_id, iid, note_id = (int(payload[key]) for key in ("project_id", "iid", "note_id"))
    forge = services.forge
    merge_request = await forge.merge_request(project_id, iid)
    me = await read_me(services, project_id)
    discussions = await forge.discussions(project_id, iid)
    found = _find(discussions, note_id)
    if found is None:
        return Done("the comment is gone")
    if is_bot(found.author, me) or merge_request.state != "opened":
        return Done("a bot's comment, or a merge request that is not open")
    await take_up(services, project_id, note_id)
    chat = read_command(found.body, me.username, all_commands())
    if chat is None:
        return Done("no command")
    if _answer_to(discussions, found, me, project_id) is not None:
        return await reconcile(services, project_id, iid)  # the worker may have died behind the answer
    return await _answer(services, merge_request, found, chat)


async def _answer(services: Services, merge_request: MergeRequest, note: Note, chat: ChatCommand) -> Outcome:
    address = (merge_request.project_id, merge_request.iid)
    with suppress(PermanentForgeError):  # given already, or emoji are not allowed
        await services.forge.award(*address, note.id, "eyes")
    refusal = await _refusal(services, merge_request, note.author)
    if refusal is None:
        return Done("over the limit of this user")
    try:
        answer = Answer(text=refusal) if refusal else await _run(services, merge_request, note, chat)
    except HeadMovedError:
        return Retry("the merge request changed meanwhile", 1.0)
    mark = ReplyMark(
        note=note.id, ignore=answer.ignore, fix=answer.fix, pipeline=answer.pipeline, fixup=answer.fixup
    )
    await services.forge.reply(*address, note.discussion_id, render_reply(answer.text, mark))
    if answer.ignore:
        await reconcile(services, *address)
    return Done(f"answered `{chat.name}` of note {note.id}")


async def _run(services: Services, merge_request: MergeRequest, note: Note, chat: ChatCommand) -> Answer:
    command: Command | None = all_commands().get(chat.name)
    if command is None:
        return Answer(text=f"I do not know {code(scrub(chat.name), 40)}.\n\n{short_help()}")
    own = read_fixup(merge_request, await read_me(services, merge_request.project_id))
    if own is not None and command.id not in EVERYWHERE:
        return Answer(text=_elsewhere(own))
    request = Request(services=services, merge_request=merge_request, note=note, words=chat.words)
    try:
        return await command.run(request)
    except TransientForgeError:
        raise
    except ForgeError as error:
        return Answer(text=f"GitLab refused: {prose(str(error), 300)}")


def _elsewhere(fixup: Fixup) -> str:
    origin = fixup.state.origin
    where = "There is none to say it on: this one is for a branch." if origin is None else f"Say it on !{origin}."
    return f"This merge request is my own, and commands belong to the one that it is for. {where}"


async def _refusal(services: Services, merge_request: MergeRequest, author: User) -> str | None:
    """Return why the author may not, empty where he may, None where even an answer would be too much."""
    hour = int(services.clock.now() // _HOUR_S)
    key = f"commands:{author.id}:{hour}"
    count = int(await services.memory.get(key) or 0) + 1
    await services.memory.set(key, str(count), keep_s=2 * _HOUR_S)
    limit = services.choices.commands_per_hour
    if count > limit + 1:
        return None
    if count > limit:
        return f"That is more than {limit} commands in an hour; I answer again in the next."
    level = await services.forge.access_level(merge_request.target_project_id, author.id)
    return "" if level >= DEVELOPER else "Commands need the Developer role in this project."


def _find(discussions: list[Discussion], note_id: int) -> Note | None:
    for discussion in discussions:
        for note in discussion.notes:
            if note.id == note_id:
                return note if note.discussion_id else _placed(note, discussion.id)
    return None


def _placed(note: Note, discussion_id: str) -> Note:
    return Note(id=note.id, body=note.body, author=note.author, discussion_id=discussion_id)


def _answer_to(discussions: list[Discussion], asked: Note, me: User, project_id: int) -> ReplyMark | None:
    for discussion in discussions:
        for note in discussion.notes:
            mark = read_reply(note.body) if is_ours(note.author, me, project_id) else None
            if mark is not None and mark.note == asked.id:
                return mark
    return None


WORK = Work(id="command", run=run)
