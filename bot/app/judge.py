"""The core's functions as the use cases call them: pure, in a thread, replaceable as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from bot.core.check import Report, check
from bot.core.ci.reader import wanted_files
from bot.core.diagnose import diagnose
from bot.core.diagnosis import TraceReport
from bot.core.policy import Policy
from bot.core.snapshot import Snapshot


class Check(Protocol):
    """Runs the rules."""

    def __call__(self, snapshot: Snapshot, policy: Policy) -> Report:
        """Return what they find."""


def _check(snapshot: Snapshot, policy: Policy) -> Report:
    return check(snapshot, policy)


def _diagnose(chunks: Iterable[bytes], snapshot: Snapshot, job: str) -> TraceReport:
    return diagnose(chunks, snapshot=snapshot, job=job)


@dataclass(frozen=True, slots=True)
class Judge:
    """What is found in files and logs."""

    check: Check = _check
    diagnose: Callable[[Iterable[bytes], Snapshot, str], TraceReport] = _diagnose
    wanted_files: Callable[[Snapshot], frozenset[str]] = wanted_files
