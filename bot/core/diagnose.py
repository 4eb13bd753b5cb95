"""The diagnosis of one job's log: every cause asked, the root put first."""

from __future__ import annotations

from collections.abc import Iterable

from bot.core.diagnosis import TraceReport
from bot.core.snapshot import Snapshot


def diagnose(
    chunks: Iterable[bytes],
    *,
    snapshot: Snapshot | None = None,
    job: str | None = None,
    image: str | None = None,
) -> TraceReport:
    """Read a raw log in pieces of any size and say why the job failed. Memory is bounded, whatever the size."""
    raise NotImplementedError
