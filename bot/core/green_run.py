"""What the log of one green run teaches about its job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.baseline import Baseline, learn_trace
from bot.core.diagnose import read_log
from bot.core.install_time import InstallTime, install_time
from bot.core.trace import Outcome


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the job usually prints, this run included, and what its installation took, where the log tells."""

    baseline: Baseline
    install_time: InstallTime | None = None


def read_green_run(chunks: Iterable[bytes], before: Baseline) -> Lesson:
    """Learn from a raw log; one that does not end green teaches nothing."""
    trace = read_log(chunks)
    if trace.outcome is not Outcome.SUCCEEDED:
        return Lesson(before)
    return Lesson(learn_trace(before, trace), install_time(trace))
