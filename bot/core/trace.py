"""A job's log as people see it: lines without timestamps, colours and progress bars, by section.

Sources for the format: GitLab's job-log documentation and the runner's timestamp flag (FF_TIMESTAMPS).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One visible line. ``number`` counts the raw log's lines from 1 (GitLab's `#L` links).

    ``time`` is the runner's timestamp in seconds since the epoch; without timestamps only a line behind a
    section's mark has one, that of the mark.
    """

    number: int
    text: str
    section: str = ""
    time: float | None = None


class Outcome(StrEnum):
    """How the log ends."""

    FAILED = "failed"
    SUCCEEDED = "succeeded"
    UNFINISHED = "unfinished"  # still running, or cut off
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class RanCommand:
    """A line that the runner echoed before it ran it (`$ poetry install`)."""

    text: str
    line: int  # index into ``Trace.lines``
    section: str


@dataclass(frozen=True, kw_only=True)
class Trace:
    """A log that was read.

    For a long one, ``lines`` holds its head, its tail and the lines that a cause may want; ``dropped`` counts
    the others. ``image`` is what the runner said it used. ``exit_code`` is the job's, None where not said.
    """

    lines: tuple[TraceLine, ...] = field(default=(), repr=False)
    outcome: Outcome = Outcome.EMPTY
    exit_code: int | None = None
    image: str | None = None
    commands: tuple[RanCommand, ...] = field(default=(), repr=False)
    dropped: int = 0
    total_lines: int = 0
