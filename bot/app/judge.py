"""The core's functions as the use cases call them: pure, in a thread, replaceable as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from bot.core.baseline import Baseline
from bot.core.check import Report, check
from bot.core.ci.reader import read_pipeline, unknown_includes, wanted_files
from bot.core.diagnose import diagnose
from bot.core.diagnosis import TraceReport
from bot.core.job_name import as_written
from bot.core.policy import Policy
from bot.core.snapshot import Snapshot
from bot.core.system.install_line import with_fixes


class Check(Protocol):
    """Runs the rules."""

    def __call__(self, snapshot: Snapshot, policy: Policy) -> Report:
        """Return what they find."""


def _check(snapshot: Snapshot, policy: Policy) -> Report:
    return check(snapshot, policy)


def _diagnose(chunks: Iterable[bytes], snapshot: Snapshot, job: str, usual: Baseline) -> TraceReport:
    """Read a log and add the fixes of the CI file that cure what it shows."""
    name = as_written(job)
    report = diagnose(chunks, snapshot=snapshot, job=name, baseline=usual)
    pipeline = read_pipeline(snapshot) if report.diagnoses else None
    if pipeline is None:
        return report
    cured = (with_fixes(found, snapshot, pipeline, name) for found in report.diagnoses)
    return replace(report, diagnoses=tuple(cured))


@dataclass(frozen=True, slots=True)
class Judge:
    """What is found in files and logs. ``diagnose`` is also told what the job usually prints."""

    check: Check = _check
    diagnose: Callable[[Iterable[bytes], Snapshot, str, Baseline], TraceReport] = _diagnose
    wanted_files: Callable[[Snapshot], frozenset[str]] = wanted_files
    unknown_includes: Callable[[Snapshot], frozenset[str]] = unknown_includes
