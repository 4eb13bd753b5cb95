"""A diff as rows of a table, with the threads that stand on its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.shell.sandbox.diff import FileChange

_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
KINDS = {"+": "new", "-": "old", "@": "hunk", "\\": "hunk"}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a diff."""

    kind: str
    text: str
    old: int | None = None
    new: int | None = None
    threads: tuple[Any, ...] = ()


def rows_of(change: FileChange, threads: Mapping[int, list[list[Any]]]) -> list[Row]:
    """Return the rows of a file's diff."""
    rows: list[Row] = []
    old = new = 0
    for line in change.text.splitlines():
        header = _HUNK.match(line)
        if header:
            old, new = int(header[1]), int(header[2])
        mark = line[:1]
        at_old = old if mark in {" ", "-"} else None
        at_new = new if mark in {" ", "+"} else None
        here = tuple(threads.get(at_new, ())) if at_new else ()
        rows.append(Row(kind=KINDS.get(mark, ""), text=line, old=at_old, new=at_new, threads=here))
        old += mark in {" ", "-"}
        new += mark in {" ", "+"}
    return rows
