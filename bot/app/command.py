"""What a module of `bot.app.commands` carries, and what it is given."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.app.ports import MergeRequest, Note, Services
from bot.core.page import Page, read_page
from bot.core.registry import load

REQUIRED = ("What it does", "In use")


@dataclass(frozen=True, kw_only=True)
class Request:
    """A command as it arrived: on which merge request, in which comment, with which words behind it."""

    services: Services
    merge_request: MergeRequest
    note: Note
    words: tuple[str, ...] = ()

    @property
    def address(self) -> tuple[int, int]:
        """What GitLab's API wants to hear of the merge request."""
        return self.merge_request.project_id, self.merge_request.iid


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The one reply: its Markdown, and what its marker keeps."""

    text: str
    ignore: str = ""
    fix: tuple[str, ...] = ()
    pipeline: int = 0
    fixup: int = 0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What a command module exports as ``COMMAND``. ``usage`` is what stands behind its name."""

    id: str
    run: Callable[[Request], Awaitable[Answer]]
    usage: str = ""

    @property
    def page(self) -> Page:
        """The page, read from the docstring of the command's module."""
        return read_page(sys.modules[self.run.__module__].__doc__, REQUIRED)


def all_commands() -> dict[str, Command]:
    """Every chat command by its name."""
    return load("bot.app.commands", "COMMAND", Command)
