"""Chat commands in a comment: `/scansion fix` or `@bot fix` at the start of a line, no code and no quote."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^\n]*)$")
_BLOCK_QUOTE = re.compile(r" {0,3}>>>\s*$")
_COMMENT_START = "<!--"
_COMMENT_END = "-->"
_RAW_START = re.compile(r"(?i)\s*<(pre|code|script|style|textarea|blockquote)\b")
_MAX_WORDS = 20
_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """A command as typed. ``name`` is lower case; ``known`` whether there is such a command."""

    name: str
    words: tuple[str, ...]
    known: bool


def read_command(text: str, bot_name: str, known: Collection[str]) -> ChatCommand | None:
    """Return the first command of a comment, None where nobody speaks to the bot.

    A mention counts only before a command that exists: people may thank the bot.
    """
    addressed = re.compile(rf"(?i)(?:(?P<slash>/scansion)|@{re.escape(bot_name)})(?:[ \t]+(?P<rest>.*))?$")
    for line in _spoken_lines(text):
        found = addressed.match(line[:_MAX_LENGTH].rstrip())
        if found is None:
            continue
        name, *words = (found["rest"] or "help").split()[:_MAX_WORDS]
        name = name.lower()
        if name in known:
            return ChatCommand(name, tuple(words), known=True)
        if found["slash"]:
            return ChatCommand(name, tuple(words), known=False)
    return None


def _spoken_lines(text: str) -> Iterator[str]:
    """Lines that a person says now: not in fences, quotes, HTML comments or raw HTML."""
    skip_to: re.Pattern[str] | None = None
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if skip_to is not None:
            skip_to = None if skip_to.search(line) else skip_to
            continue
        skip_to = _opened(line)
        if skip_to is None and not line.startswith((" ", "\t", ">")):
            yield line


def _opened(line: str) -> re.Pattern[str] | None:
    """What ends the block that a line opens, None where it opens none."""
    fence = _FENCE.match(line)
    if fence and not (fence[1][0] == "`" and "`" in fence[2]):
        return re.compile(rf"^ {{0,3}}{re.escape(fence[1][0])}{{{len(fence[1])},}}\s*$")
    if _BLOCK_QUOTE.match(line):
        return _BLOCK_QUOTE
    comment = line.rfind(_COMMENT_START)
    if comment >= 0 and _COMMENT_END not in line[comment:]:
        return re.compile(re.escape(_COMMENT_END))
    raw = _RAW_START.match(line)
    if raw and f"</{raw[1].lower()}" not in line.lower():
        return re.compile(rf"(?i)</{raw[1]}\s*>")
    return None
