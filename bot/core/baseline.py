"""What a job usually prints: the lines of its green runs without what changes from run to run, as short hashes.

A line of a failed run that no green run had is worth a look. A line is new or it is not: the same history always
gives the same answer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.trace import Trace
from bot.core.trace_reader import read_trace

MOST = 20_000  # hashes; 160 kB as bytes
_WIDTH = 8
_LONGEST = 400
_CHANGING = re.compile(
    r"""
    \b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b     # UUIDs
    | \b(?:0x)?[0-9a-f]{7,64}\b                         # hashes, addresses
    | /(?:tmp|var/folders)/[^\s'":,)]+                  # temporary paths
    | \b\d[\d.,:+_-]*(?:\s?(?:[kKMG]i?B|B|m?s|us|%))?   # numbers, dates, versions, sizes, times
    """,
    re.VERBOSE,
)
_SPACES = re.compile(r"[\s.=━─_*-]+")


@dataclass(frozen=True, slots=True)
class Baseline:
    """Hashes of known lines, those seen longest ago first."""

    known: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """The baseline for storage."""
        return b"".join(self.known)

    @classmethod
    def from_bytes(cls, data: bytes) -> Baseline:
        """The baseline from storage; a broken end is dropped."""
        whole = len(data) - len(data) % _WIDTH
        return cls(tuple(data[start : start + _WIDTH] for start in range(0, whole, _WIDTH)))


def learn(baseline: Baseline, chunks: Iterable[bytes]) -> Baseline:
    """The baseline with the lines of one more green run; what was not seen for long is forgotten first."""
    return learn_trace(baseline, read_trace(chunks))


def learn_trace(baseline: Baseline, trace: Trace) -> Baseline:
    """Do the same with a log that was read already."""
    seen = dict.fromkeys(key for _, key in _keys(trace))
    kept = [key for key in baseline.known if key not in seen]
    return Baseline(tuple([*kept, *seen][-MOST:]))


def new_lines(baseline: Baseline, trace: Trace) -> list[int]:
    """The indexes of the lines that no green run had; empty where nothing was learned."""
    if not baseline.known:
        return []
    known = frozenset(baseline.known)
    return [index for index, key in _keys(trace) if key not in known]


def _keys(trace: Trace) -> Iterator[tuple[int, bytes]]:
    for index, line in enumerate(trace.lines):
        text = normal_line(line.text)
        if text:
            yield index, hashlib.blake2b(text.encode(), digest_size=_WIDTH).digest()


def normal_line(text: str) -> str:
    """A line without numbers, hashes, temporary paths and rulers."""
    return _SPACES.sub(" ", _CHANGING.sub("#", text[:_LONGEST])).strip().lower()
