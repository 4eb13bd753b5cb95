"""Reads which lines of the new side a unified diff shows."""

from __future__ import annotations

import re

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def read_diff(text: str) -> tuple[frozenset[int], dict[int, int]]:
    """Return the added lines, and the old number of each unchanged line, by new number."""
    added: set[int] = set()
    old_line_of: dict[int, int] = {}
    old = new = old_left = new_left = 0
    for line in text.split("\n"):
        header = _HUNK.match(line) if old_left <= 0 and new_left <= 0 else None
        if header:
            old, new = int(header[1]), int(header[3])
            old_left, new_left = int(header[2] or 1), int(header[4] or 1)
            continue
        mark = line[:1]
        if mark == "+":
            added.add(new)
        elif mark == " ":
            old_line_of[new] = old
        if mark in {"+", " "}:
            new, new_left = new + 1, new_left - 1
        if mark in {"-", " "}:
            old, old_left = old + 1, old_left - 1
    return frozenset(added), old_line_of
