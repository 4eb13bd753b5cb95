"""Inline ignores: `# scansion: ignore[rule-id] reason`."""

from __future__ import annotations

import re

from bot.core.source import SourceFile
from bot.core.span import Span

_IGNORE = re.compile(r"#\s*scansion:\s*ignore\[([a-z0-9, -]+)\]")
_COMMENT_LINE = re.compile(r"\s*#")


def suppressed_rules(file: SourceFile, span: Span) -> frozenset[str]:
    """Return the rules that a comment silences for a span.

    The comment stands on the span's first line, or alone on a line directly above it (other comment lines
    may stand between).
    """
    line = file.lines.position(span.start).line
    found = _ignores_of(file, line)
    above = line - 1
    while above >= 1 and _COMMENT_LINE.match(_line(file, above)):
        found |= _ignores_of(file, above)
        above -= 1
    return found


def _line(file: SourceFile, number: int) -> str:
    return file.lines.line_span(number).of(file.text)


def _ignores_of(file: SourceFile, number: int) -> frozenset[str]:
    names = [name for group in _IGNORE.findall(_line(file, number)) for name in group.split(",")]
    return frozenset(name.strip() for name in names)
