"""A fix as a suggestion in a diff: the lines that it replaces, and the lines that replace them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.core.edits.text import EditRefused, apply_edits
from bot.core.fix import Fix
from bot.core.render.inert import fence
from bot.core.render.secrets import scrub
from bot.core.source import SourceFile

MAX_LINES = 100
# GitLab's quick-action reader has been seen to end a fence too early: such lines never go into one.
_RISKY = re.compile(r"/\w|\s*```|\s*~~~")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Lines ``first`` to ``last`` of a file, counted from 1, and what replaces them."""

    path: str
    first: int
    last: int
    lines: tuple[str, ...]

    @property
    def block(self) -> str:
        """The Markdown block, for a comment on the last line."""
        return fence(self.lines, f"suggestion:-{self.last - self.first}+0")


def suggestion_for(fix: Fix, file: SourceFile) -> Suggestion | None:
    """Return the suggestion; None for several files, a CRLF file, a line not to be repeated."""
    if any(edit.path != file.path for edit in fix.edits) or "\r" in file.text:
        return None
    try:
        changed = apply_edits({file.path: file}, fix.edits)[file.path].text
    except EditRefused:
        return None
    old, new = file.text.splitlines(), changed.splitlines()
    if old == new or not old or file.text.endswith("\n") != changed.endswith("\n"):
        return None
    first, last, lines = _replaced(old, new)
    if last - first >= MAX_LINES or len(lines) > MAX_LINES or any(_is_risky(line) for line in lines):
        return None
    return Suggestion(file.path, first, last, tuple(lines))


def fits(suggestion: Suggestion, commentable: Collection[int]) -> bool:
    """Whether every replaced line is one that the diff shows."""
    return all(line in commentable for line in range(suggestion.first, suggestion.last + 1))


def _is_risky(line: str) -> bool:
    return _RISKY.match(line) is not None or scrub(line) != line


def _replaced(old: list[str], new: list[str]) -> tuple[int, int, list[str]]:
    """Where two texts differ: an insertion replaces the line before it (the first line: the one after it)."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    if head + tail == len(old):
        head, tail = (head - 1, tail) if head else (head, tail - 1)
    return head + 1, len(old) - tail, new[head : len(new) - tail]
