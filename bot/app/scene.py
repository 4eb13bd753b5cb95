"""One merge request as read at one moment, and the pen that writes to it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from bot.app.ports import Discussion, Forge, ForgeProject, MergeRequest, Note, Services, User
from bot.app.snapshots import Reading

_TOKEN_BOT = re.compile(r"((?:project|group)_\d+)_bot(?:_?\w+)?")


class HeadMovedError(Exception):
    """The merge request changed while it was looked at: look again before anything is written."""


@dataclass
class Pen:
    """Guards writing: before the first change it makes sure that what was judged is still what is there."""

    still_there: Callable[[], Awaitable[bool]]
    writes: int = 0
    checked: bool = False

    async def ready(self) -> None:
        """Call before each write. Raises HeadMovedError."""
        if not self.checked and not await self.still_there():
            raise HeadMovedError
        self.checked = True
        self.writes += 1


def pen_for(forge: Forge, seen: MergeRequest) -> Pen:
    """Return a pen that writes while the merge request is the one that was judged."""

    async def still_there() -> bool:
        now = await forge.merge_request(seen.project_id, seen.iid)
        return (now.sha, now.state, now.target_branch) == (seen.sha, seen.state, seen.target_branch)

    return Pen(still_there)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything read about one merge request."""

    services: Services
    me: User
    project: ForgeProject
    request: MergeRequest
    reading: Reading
    discussions: tuple[Discussion, ...]
    pen: Pen
    forced: bool = False

    @property
    def address(self) -> tuple[int, int]:
        """What GitLab's API wants to hear of the merge request."""
        return self.request.project_id, self.request.iid

    @property
    def is_empty(self) -> bool:
        """Whether the merge request has no commit of its own yet."""
        refs = self.request.diff_refs
        return refs is not None and refs.base_sha == self.request.sha

    def is_ours(self, author: User) -> bool:
        """Whether this bot, or one whose token it replaced, is the author."""
        return is_ours(author, self.me, self.project.id)

    def own_notes(self) -> Iterator[tuple[Discussion, Note]]:
        """Every note of ours with its discussion, in order."""
        for discussion in self.discussions:
            for note in discussion.notes:
                if not note.system and self.is_ours(note.author):
                    yield discussion, note


def is_ours(author: User, me: User, project_id: int) -> bool:
    """Whether an author is this bot, or the user of a token that this bot had before or has for this project.

    Anybody can make a token for a project of his own and comment with it on a public one: only tokens of this
    very project count, which its maintainers make, and those of the same group or project as the bot's own.
    """
    if author.id == me.id:
        return True
    found, own = _TOKEN_BOT.fullmatch(author.username), _TOKEN_BOT.fullmatch(me.username)
    return found is not None and (found[1] == f"project_{project_id}" or (own is not None and found[1] == own[1]))


def is_bot(author: User, me: User) -> bool:
    """Whether the author is this bot or any other: bots do not command each other."""
    return author.id == me.id or author.bot or is_token_bot(author)


def is_token_bot(author: User) -> bool:
    """Whether the author is the user of any access token."""
    return _TOKEN_BOT.fullmatch(author.username) is not None
