"""A job's log as lines with colours, without timestamps and section marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STAMP = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z [0-9a-f]{2}[EO][+ ]")
_SECTION = re.compile(r"section_(?:start|end):\d+:[\w.-]+(?:\[[^\]]*\])?\r")
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")
_CLASSES = {"31": "red", "32": "green", "33": "yellow", "36": "cyan"}


@dataclass(frozen=True)
class LogLine:
    """One line: its number and its pieces of text with their colour."""

    number: int
    pieces: tuple[tuple[str, str], ...]


def lines_of(trace: bytes) -> list[LogLine]:
    """Return what a person sees of a log; lines that hold only marks keep their number but are left out."""
    lines = []
    for number, raw in enumerate(trace.decode("utf-8", "replace").split("\n"), 1):
        text = _SECTION.sub("", _STAMP.sub("", raw)).rsplit("\r", 1)[-1]
        pieces = tuple(_pieces(text))
        if pieces or not _SECTION.search(raw):
            lines.append(LogLine(number, pieces))
    return lines


def _pieces(text: str) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    colour, last = "", 0
    for escape in [*_ESCAPE.finditer(text), None]:
        end = escape.start() if escape else len(text)
        if text[last:end]:
            pieces.append((colour, text[last:end]))
        if escape:
            last = escape.end()
            colour = _colour(escape, colour)
    return pieces


def _colour(escape: re.Match[str], before: str) -> str:
    if escape[2] != "m":
        return before
    return next((_CLASSES[code] for code in escape[1].split(";") if code in _CLASSES), "")
