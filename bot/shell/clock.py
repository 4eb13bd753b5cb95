"""The system's clock, as the port `Clock`."""

from __future__ import annotations

import time


class SystemClock:
    """The time of day."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()
