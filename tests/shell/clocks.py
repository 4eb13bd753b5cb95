"""Clocks for tests."""

from __future__ import annotations

import time


class SystemClock:
    def now(self) -> float:
        return time.time()


class SetClock:
    """Shows the time it is set to."""

    def __init__(self, at: float = 1_800_000_000) -> None:
        self.at = at

    def now(self) -> float:
        return self.at
