"""What a person would see of a line: no escape sequences, no overwritten progress, no section marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.trace import TraceLine
from bot.core.trace_reader.stamps import StampedLine

# Each alternative reads on only over characters that cannot end it: linear on any input.
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
_SECTION = re.compile(r"section_(start|end):\d+:([\w.-]+)(?:\[[^\]\r\n]*\])?(?:\r|$)(?:\x1b\[0K)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DEEPEST = 16


@dataclass(frozen=True, slots=True)
class SeenLine:
    """A visible line; ``echo`` says that the runner wrote it in the colours of a command that it runs next."""

    line: TraceLine
    echo: bool


def seen(lines: Iterable[StampedLine]) -> Iterator[SeenLine]:
    """Yield the visible lines with their sections; lines that only mark a section vanish."""
    open_sections: list[str] = []
    for stamped in lines:
        text = stamped.text
        marked = "section_" in text
        if marked:
            text = _SECTION.sub(lambda mark: _follow(mark, open_sections), text)
        echo = "\x1b[32;1m$ " in text
        text = _visible(text)
        if marked and not text.strip():
            continue
        section = open_sections[-1] if open_sections else ""
        yield SeenLine(TraceLine(stamped.number, text, section, stamped.time), echo)


def _follow(mark: re.Match[str], open_sections: list[str]) -> str:
    name = mark[2]
    if mark[1] == "start":
        if len(open_sections) < _DEEPEST:
            open_sections.append(name)
    elif name in open_sections:
        del open_sections[open_sections.index(name) :]
    return ""


def _visible(text: str) -> str:
    if "\x1b" in text:
        text = _ESCAPE.sub("", text)
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    return text.rstrip()
