"""Follows pytest's report: source, captured output and names of tests are quotations; `E` lines are errors."""

from __future__ import annotations

import re
from enum import Enum, auto

from bot.core.job_log.zone import Zone

_BEGIN = re.compile(r"^=+ test session starts =+$")
_DETAILS = re.compile(r"^=+ (?:FAILURES|ERRORS) =+$")
_QUOTES = re.compile(r"^=+ (?:PASSES|XPASSES|XFAILURES) =+$")
_HEADER = re.compile(r"^_{3,} .+ _{3,}$")
_SUMMARY = re.compile(r"^=+ (?:short test summary info|warnings summary.*) =+$")
_END = re.compile(
    r"^(?:=+ )?(?:no tests ran|[\d, a-z]*\d+ (?:passed|failed|errors?|skipped|deselected|warnings?)\b.*)"
    r" in [\d.:]+s?\b"
)
_CAPTURED = re.compile(r"^-+ (?:Captured .*|live log .*) -+$")
_TRACEBACK = "Traceback (most recent call last):"
# The last line of a traceback that pytest shows as Python writes it (`--tb=native`).
_NATIVE = re.compile(r"^[A-Za-z_][\w.]*(?:Error|Exception|Timeout|Refused|Exit)\w*(?:: |$)")
_LONGEST_END = 400  # pytest fits its last line to the terminal; longer ones would make the expression slow
_ERROR = re.compile(r"^E {2,}\S")
_CRASH = re.compile(
    r"^(?:INTERNALERROR>|ERROR: (?:file or directory|not found: |found no |Coverage |Wrong )|Fatal Python error"
    r"|Killed$|\++ Timeout \++$|\S+: line \d+: )"
)
# The same behind the name of the test that was running.
_CRASH_WITHIN = re.compile(
    r"Fatal Python error: |: line \d+: +\d+ (?:Segmentation fault|Killed|Aborted|Bus error|Illegal instruction)\b"
    r"|/bin/sh: \d+: \S+: not found$|Could not load the Qt platform plugin"
)
# What pytest shows of the two sides of a comparison is data of the test.
_COMPARISON = re.compile(r"^E {2,}(?:(?:AssertionError: )?assert |[+?] |- )|^E {4,}\+ ")
_ASSERTION = re.compile(r"^E {2,}(?:AssertionError|assert )")


class _Place(Enum):
    OUTSIDE = auto()
    SESSION = auto()
    DETAILS = auto()
    SUMMARY = auto()


class ReportReader:
    """Told one line after the other, says the zone of those that belong to a report."""

    def __init__(self) -> None:
        self._place = _Place.OUTSIDE
        self._captured = False
        self._traceback = False
        self._asserted = False  # the lines below an assertion's first one quote what was compared

    def read(self, text: str) -> Zone | None:
        """The line's zone in the report; None for a line that is not part of one."""
        if text.startswith("=") or self._place is not _Place.OUTSIDE:
            self._move(text)
        if text.startswith("E  ") and _ERROR.match(text):
            return self._error(text)
        self._asserted = False
        if self._place is _Place.DETAILS:
            zone = self._detail(text)
            if zone:
                return zone
        if self._place is _Place.SUMMARY and text.startswith(("FAILED ", "ERROR ")):
            return Zone.SUMMARY
        if self._place is _Place.OUTSIDE or _CRASH.match(text):
            return None
        if self._place is _Place.SESSION and _CRASH_WITHIN.search(text):
            return None
        return Zone.QUIET

    def _error(self, text: str) -> Zone:
        """The zone of an `E` line: an error, or what an assertion shows of its sides."""
        quoted = self._asserted or _COMPARISON.match(text)
        self._asserted = self._asserted or bool(_ASSERTION.match(text))
        return Zone.QUIET if quoted else Zone.TEST

    def _detail(self, text: str) -> Zone | None:
        """The zone of a test's name, and of the last line of a traceback that is not captured output."""
        if text.startswith("___") and _HEADER.match(text):
            self._captured = self._traceback = False
            return Zone.SUMMARY
        if text.startswith("-") and _CAPTURED.match(text):
            self._captured = True
        if text == _TRACEBACK:
            self._traceback = not self._captured
        elif self._traceback and text[:1].strip():
            self._traceback = False
            return Zone.TEST if _NATIVE.match(text) else None
        return None

    def _move(self, text: str) -> None:
        if _BEGIN.match(text):
            self._place = _Place.SESSION
        elif _DETAILS.match(text):
            self._place = _Place.DETAILS
        elif _QUOTES.match(text):
            self._place = _Place.SESSION
        elif _SUMMARY.match(text):
            self._place = _Place.SUMMARY
        elif self._place is not _Place.OUTSIDE and len(text) < _LONGEST_END and _END.match(text):
            self._place = _Place.OUTSIDE
