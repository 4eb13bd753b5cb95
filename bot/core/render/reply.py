"""Answers to chat commands, and what their markers keep: the answer itself is the record of what was asked."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.render.marker import marked, read_marker

KIND = "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyMark:
    """``note`` is the comment that was answered.

    ``ignore`` is a rule that stays silent on this merge request; ``fix`` the rules that a person asked to be
    fixed (`*` for all that is certain); ``pipeline`` and ``fixup`` are what the answer still waits for.
    """

    note: int
    ignore: str = ""
    fix: tuple[str, ...] = ()
    pipeline: int = 0
    fixup: int = 0


def render_reply(text: str, mark: ReplyMark) -> str:
    """Return the body of an answer."""
    return marked(KIND, text, mark)


def read_reply(body: str) -> ReplyMark | None:
    """Return the mark of an answer, None for any other body."""
    return read_marker(KIND, body, ReplyMark)
