"""Where each character of a YAML scalar stands in its file."""

from __future__ import annotations

import re

from bot.core.span import Span

_BREAK = r"(?:\r\n|[\r\n])"
_FOLD = rf"(?P<fold>[ \t]*{_BREAK}\s*)"
_RUN = r"(?:[^\s{}]|[ \t](?![ \t]*[\r\n]))+"
_ESCAPE = rf"(?P<skip>\\{_BREAK}[ \t]*)|(?P<escape>\\(?:x.{{2}}|u.{{4}}|U.{{8}}|.))"
_PIECES = {
    "": re.compile(rf"{_FOLD}|{_RUN.format('')}"),
    ">": re.compile(rf"{_FOLD}|{_RUN.format('')}"),
    "'": re.compile(rf"(?P<escape>'')|{_FOLD}|{_RUN.format(chr(39))}"),
    '"': re.compile(rf"{_ESCAPE}|{_FOLD}|{_RUN.format(chr(92) * 2)}"),
}
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_BLANK = re.compile(r"[ \t\n]*")
_VALUE_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def offsets_of(text: str, value: str, span: Span, style: str) -> tuple[int, ...] | range:
    """Return the offset of each character of a value; -1 stands for an escape or a fold.

    The answer is empty where the value cannot be found in the text character by character.
    """
    quoted = style in ("'", '"')
    start, end = (span.start + 1, span.end - 1) if quoted else (span.start, span.end)
    if style == "|":
        return _literal(text, value, span)
    if style == ">":
        start = text.find("\n", start, end)
        return _align(text, value, Span(start, end), style) if start >= 0 else ()
    if text[start:end] == value:
        return range(start, end)
    return _align(text, value, Span(start, end), style)


def _literal(text: str, value: str, span: Span) -> tuple[int, ...]:
    """Match line by line: what a line of the value lacks in front is the indent."""
    offsets: list[int] = []
    lines = _LINE.finditer(text, text.find("\n", span.start) + 1)
    for piece in _VALUE_LINE.findall(value):
        line = next(lines, None)
        content = piece.removesuffix("\n")
        source = line.group().rstrip("\r\n") if line else ""
        if line is None or not source.endswith(content):
            return ()
        at = line.start() + len(source) - len(content)
        offsets += range(at, at + len(content))
        if len(piece) > len(content):
            offsets.append(max(line.end() - 1, 0))
    return tuple(offsets)


def _align(text: str, value: str, span: Span, style: str) -> tuple[int, ...]:
    offsets: list[int] = []
    for piece in _PIECES[style].finditer(text, span.start, span.end):
        kind, done = piece.lastgroup, len(offsets)
        if kind == "escape":
            offsets.append(-1)
        elif kind == "fold":
            offsets += [-1] * _blank_at(value, done)
        elif kind is None and value.startswith(piece.group(), done):
            offsets += range(piece.start(), piece.end())
        elif kind is None:
            return ()
    offsets += [-1] * _blank_at(value, len(offsets))
    return tuple(offsets) if len(offsets) == len(value) else ()


def _blank_at(value: str, at: int) -> int:
    found = _BLANK.match(value, at)
    return found.end() - at if found else 0
