"""Ends a process whose event loop hangs, so that whatever supervises it starts a new one."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import threading
from collections.abc import AsyncIterator, Callable
from time import monotonic

import structlog

log = structlog.get_logger()

TURN_S = 5
HUNG_AFTER_S = 120


def _end_process() -> None:
    faulthandler.dump_traceback()
    os._exit(70)


@contextlib.asynccontextmanager
async def watched(
    *, turn_s: float = TURN_S, hung_after_s: float = HUNG_AFTER_S, end: Callable[[], None] = _end_process
) -> AsyncIterator[None]:
    """Watch the running loop from a thread. Peers then take the hung process's work."""
    watch = _Watch(turn_s, hung_after_s, end)
    thread = threading.Thread(target=watch.look, name="watchdog", daemon=True)
    thread.start()
    ticking = asyncio.create_task(watch.tick(), name="watchdog")
    try:
        yield
    finally:
        watch.over.set()
        ticking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ticking


class _Watch:
    def __init__(self, turn_s: float, hung_after_s: float, end: Callable[[], None]) -> None:
        self.over = threading.Event()
        self._turn_s = turn_s
        self._hung_after_s = hung_after_s
        self._end = end
        self._ticked_at = monotonic()

    async def tick(self) -> None:
        while True:
            self._ticked_at = monotonic()
            await asyncio.sleep(self._turn_s)

    def look(self) -> None:
        """Two looks in a row must find it hung: a process that was stopped and goes on is not."""
        hung = False
        while not self.over.wait(self._turn_s):
            late = monotonic() - self._ticked_at > self._hung_after_s
            if late and hung:
                log.critical("event_loop_hangs", seconds=round(monotonic() - self._ticked_at))
                self._end()
                return
            hung = late
