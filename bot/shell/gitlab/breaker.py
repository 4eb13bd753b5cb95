"""Leaves a GitLab alone that does not answer, or that asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.app.ports import TransientForgeError

FAILURES_TO_OPEN = 5
FIRST_PAUSE_S = 15.0
LONGEST_PAUSE_S = 300.0


@dataclass
class Breaker:
    """Counts failures in a row of one host. Open, it lets one request through after each pause, to see."""

    clock: Callable[[], float]
    failures: int = 0
    closed_again_at: float = 0.0
    asked_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise TransientForgeError while the host is to be left alone."""
        with self._lock:
            now = self.clock()
            if now < self.asked_until:
                raise TransientForgeError("GitLab asked to wait (rate limit)", self.asked_until - now)
            if self.failures < FAILURES_TO_OPEN:
                return
            if now < self.closed_again_at:
                wait = self.closed_again_at - now
                raise TransientForgeError(f"GitLab failed {self.failures} times in a row; waiting", wait)
            self.closed_again_at = now + FIRST_PAUSE_S  # this one goes through; the others wait for what it finds

    def succeeded(self) -> None:
        """The host answered like a healthy one."""
        with self._lock:
            self.failures = 0

    def failed(self) -> None:
        """The host did not answer, or with a fault of its own."""
        with self._lock:
            self.failures += 1
            over = max(0, min(self.failures - FAILURES_TO_OPEN, 10))
            self.closed_again_at = self.clock() + min(FIRST_PAUSE_S * 2**over, LONGEST_PAUSE_S)

    def wait_until(self, moment: float) -> None:
        """The host asked for quiet until then."""
        with self._lock:
            self.asked_until = max(self.asked_until, moment)
