"""Whose words a line is: the runner's, the failed command's, a test report's, or nobody's that count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.core.job_log.test_report import ReportReader
from bot.core.job_log.zone import Zone
from bot.core.trace import Trace, TraceLine

AFTERWARDS = ("cleanup_file_variables", "archive_cache", "upload_artifacts", "restore_cache")


RUNNER_SECTIONS = frozenset(
    {"prepare_executor", "prepare_script", "get_sources", "download_artifacts", "resolve_secrets"}
)

_WARNING = re.compile(
    r"^\s*(?:#\d+ )?(?:WARNING|Warning|warning|DEPRECATION|\[notice\]|\S+:\d+: \w*Warning)(?:\b|$)"
)
_SCRIPTS = frozenset({"", "step_script", "build_script"})
_WARNING_WORDS = ("WARNING", "DEPRECATION", "[notice]")
_RUNNER_WORD = re.compile(
    r"^(?:ERROR: Job failed|WARNING: (?:Job|Failed to pull)|ERROR: Preparation failed|Job's log exceeded)"
)
_SOURCE_FRAME = re.compile(r"^\s*(?:→\s*)?\d+\s*│")
_TRACEBACK_FILE = re.compile(r'^\s*File "[^"]+", line \d+')


def zones(trace: Trace, plain: Sequence[str], start: int) -> list[Zone]:
    """One zone a line; ``start`` is the index below the command that failed, 0 where no command is known."""
    report = ReportReader()
    result: list[Zone] = []
    for index, line in enumerate(trace.lines):
        zone = _outside(line, before=index < start)
        result.append(zone or report.read(plain[index]) or _inside(plain[index]))
    for index in _quoted(plain, start):
        result[index] = Zone.QUIET
    return result


def _outside(line: TraceLine, *, before: bool) -> Zone | None:
    """The zone of a line that the failed command did not write, None for one that it did."""
    if line.text.startswith(("ERROR", "WARNING", "Job's")) and _RUNNER_WORD.match(line.text):
        return Zone.RUNNER
    if line.section not in _SCRIPTS:
        if line.section in RUNNER_SECTIONS or line.section.startswith(AFTERWARDS):
            return Zone.RUNNER
        if line.section.startswith("after_script"):
            return Zone.QUIET
    return Zone.QUIET if before else None


def _inside(text: str) -> Zone:
    if "arning" not in text and not any(word in text for word in _WARNING_WORDS):
        return Zone.SCRIPT
    return Zone.WARNING if _WARNING.match(text) else Zone.SCRIPT


def _quoted(plain: Sequence[str], start: int) -> Iterator[int]:
    """Lines that quote source code: below a traceback's `File` line, and numbered frames."""
    for index in range(start, len(plain)):
        text = plain[index]
        if "│" in text and _SOURCE_FRAME.match(text):
            yield index
        elif "File " in text and _TRACEBACK_FILE.match(text):
            yield index
            indent = len(text) - len(text.lstrip())
            following = plain[index + 1] if index + 1 < len(plain) else ""
            if len(following) - len(following.lstrip()) > indent:
                yield index + 1
