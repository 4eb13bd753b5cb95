"""Whose words a line of a log is."""

from __future__ import annotations

from enum import Enum, auto


class Zone(Enum):
    """What a line may prove."""

    RUNNER = auto()  # the runner's own: preparation, sources, cache, artifacts, the end
    SCRIPT = auto()  # output of the command that failed
    TEST = auto()  # an error that ended a test (pytest's `E` lines)
    SUMMARY = auto()  # the names of failed tests in a report's summary
    WARNING = auto()  # a warning of the command that failed
    QUIET = auto()  # source code, captured output, earlier commands: proves nothing
