"""What a person would see of a line: no escape sequences, no overwritten progress, no section marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.trace import TraceLine
from bot.core.trace_reader.stamps import StampedLine

# Each alternative reads on only over characters that cannot end it: linear on any input.
_ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[()*+][0-9A-Z]|[@-Z\\^_])")
# The carriage return is lost where a log was read as text.
_SECTION = re.compile(
    r"section_(start|end):(\d{1,11}):([\w.-]+)(?:\[[^\]\r\n]*\])?(?:\r(?:\x1b\[0K)?|\x1b\[0K|$)", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_DEEPEST = 16
ECHO = "\x1b[32;1m$ "


@dataclass(frozen=True, slots=True)
class Screen:
    """The visible lines, and which of them the runner wrote in the colours of a command that it runs next."""

    lines: tuple[TraceLine, ...]
    echoes: frozenset[int]


def seen(stamped_lines: Iterable[StampedLine]) -> Screen:
    """Make the visible lines with their sections; lines that only mark a section vanish."""
    lines: list[TraceLine] = []
    echoes: set[int] = set()
    open_sections: list[str] = []
    section = ""
    marked: list[float] = []  # the times of marks since the last visible line
    for stamped in stamped_lines:
        text = stamped.text
        if "section_" in text:
            text = _SECTION.sub(lambda mark: _follow(mark, open_sections, marked), text)
            section = open_sections[-1] if open_sections else ""
            if not _visible(text):
                continue
        if ECHO in text:
            echoes.add(len(lines))
        time = marked[-1] if marked and stamped.time is None else stamped.time
        marked.clear()
        lines.append(TraceLine(stamped.number, _visible(text), section, time))
    return Screen(tuple(lines), frozenset(echoes))


def _follow(mark: re.Match[str], open_sections: list[str], times: list[float]) -> str:
    times.append(float(mark[2]))
    name = mark[3]
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
