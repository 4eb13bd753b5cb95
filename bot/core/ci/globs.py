"""File patterns as GitLab matches them against a repository: `*`, `**`, `?`, `{a,b}`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.core.ci.patterns import compile_pattern

MAX_ALTERNATIVES = 100
_PIECE = re.compile(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|\{|\}|,|[^*?\[{},]+|\[")


def matching(pattern: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that a pattern names, sorted. Hidden files match too (`File::FNM_DOTMATCH` in GitLab)."""
    expression = compile_pattern("".join(_expressions(pattern)))
    return sorted(path for path in paths if expression.fullmatch(path)) if expression else []


def _expressions(pattern: str) -> list[str]:
    depth = 0
    found = []
    balanced = pattern.count("{") == pattern.count("}") <= MAX_ALTERNATIVES
    for piece in _PIECE.findall(pattern):
        if balanced and piece in "{}":
            depth += 1 if piece == "{" else -1
        found.append(_expression(piece, inside=depth > 0, braces=balanced))
    return found if depth == 0 else [re.escape(pattern)]


def _expression(piece: str, *, inside: bool, braces: bool) -> str:
    fixed = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if piece in fixed:
        return fixed[piece]
    if braces and piece in "{}":
        return "(?:" if piece == "{" else ")"
    if inside and piece == ",":
        return "|"
    if piece.startswith("[") and piece.endswith("]"):
        return "[" + re.escape(piece[1:-1]).replace(r"\-", "-") + "]"
    return re.escape(piece)
