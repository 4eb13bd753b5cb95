"""The runner's timestamps: a prefix of 32 characters with stream and kind, and `+` for a line that goes on.

Source: the runner's feature flag FF_TIMESTAMPS (default in current runners).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.trace_reader.window import RawLine

WIDTH = 32
_STAMP = re.compile(r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z [0-9a-f]{2}[EO][+ ]", re.ASCII)
_LONGEST_JOINED = 64 * 1024


@dataclass(slots=True)
class StampedLine:
    """A line with its continuations joined; ``time`` is None without a timestamp."""

    number: int
    text: str
    time: float | None


def unstamp(lines: Iterable[RawLine]) -> list[StampedLine]:
    """Take the prefixes off and join continuations, each to the last line of its own stream."""
    result: list[StampedLine] = []
    latest: dict[str, StampedLine] = {}
    for raw in lines:
        text = raw.text
        if text[26:27] != "Z" or not _STAMP.match(text):
            result.append(StampedLine(raw.number, text, None))
            continue
        stream = text[28:31]
        before = latest.get(stream)
        if text[31] == "+" and before is not None:
            if len(before.text) < _LONGEST_JOINED:
                before.text += text[WIDTH:]
            continue
        line = StampedLine(raw.number, text[WIDTH:], _seconds(text[:26]))
        latest[stream] = line
        result.append(line)
    return result


def _seconds(stamp: str) -> float | None:
    try:
        return datetime.fromisoformat(stamp + "+00:00").timestamp()
    except ValueError:
        return None
