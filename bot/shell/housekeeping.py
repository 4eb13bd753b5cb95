"""What a working process does beside the work: recovery, the sweep, and forgetting."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from time import monotonic

import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from bot.app.ports import Clock, Delivery, WorkItem
from bot.shell.engine import Engine
from bot.shell.metrics import Metrics
from bot.shell.store.database import StoreError
from bot.shell.store.store import Ended, Store

log = structlog.get_logger()

ROUND_S = 3
FORGET_EVERY_S = 3600
MOST_LOSSES = 15  # most processes die for other reasons than the work that they did
SWEEP = WorkItem(kind="sweep", lane="sweep", payload={}, coalesce="sweep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often to sweep and how long to remember."""

    sweep_interval_s: float
    keep_s: float
    keep_dead_s: float


class Housekeeping:
    """One round every few seconds. Several processes on one database do not get in each other's way."""

    def __init__(self, engine: Engine, clock: Clock, metrics: Metrics, habits: Habits) -> None:
        self._engine = engine
        self._store: Store = engine.store
        self._clock = clock
        self._metrics = metrics
        self._habits = habits
        self._forget_at = 0.0
        self._swept = -1

    async def run(self, stop: asyncio.Event) -> None:
        """Make rounds until told to stop; a failing round is told and the next one tries again."""
        while not stop.is_set():
            try:
                await self.round()
            except (StoreError, ConnectorException) as error:
                log.warning("housekeeping_failed", reason=str(error.__cause__ or error))
            except Exception:
                log.exception("housekeeping_broke")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ROUND_S)

    async def round(self) -> None:
        """Everything that is due."""
        await self.rescue()
        await self._engine.settle()
        await self._count()
        await self._sweep()
        await self._forget()

    async def rescue(self) -> None:
        """Take back the work of dead processes. One process at a time: two could restart running work."""
        async with self._store.database.rescue_turn() as mine:
            if not mine:
                return
            await self._follow_clock()
            for job in await self._engine.stalled():
                with contextlib.suppress(ConnectorException):  # it ended meanwhile; the others count too
                    await self._take_back(job)

    async def _take_back(self, job: Job) -> None:
        losses = await self._store.times_lost(job.id or 0) + 1
        dead = losses >= MOST_LOSSES
        remark = f"the process that did it died, {losses} times by now"
        await self._store.record(_lost(job, remark, dead=dead, at=self._clock.now()))
        await (self._engine.bury(job) if dead else self._engine.hand_back(job))
        self._metrics.rescued.labels("dead" if dead else "handed back").inc()
        log.warning("work_rescued", job_id=job.id, lane=job.lock, losses=losses, dead=dead)

    async def _sweep(self) -> None:
        """Once an interval over all processes: the store knows the interval's delivery already otherwise."""
        interval = self._habits.sweep_interval_s
        if not interval:
            return
        now = await self._store.database.now()
        slot = int(now // interval)
        if slot == self._swept:
            return
        name = f"sweep:{slot}"
        delivery = Delivery(id=name, event="sweep", keys=(name,), received_at=now)
        await self._store.add(delivery, [SWEEP])
        self._swept = slot

    async def _follow_clock(self) -> None:
        """After a jump back, waiting work would be due far too late; that it is due early does no harm."""
        back = await self._store.follow_clock()
        if back:
            log.warning("clock_went_back", seconds=round(back))
            self._swept = -1

    async def _count(self) -> None:
        counts, oldest = await self._store.depth()
        for status in ("todo", "doing", "failed"):
            self._metrics.waiting.labels(status).set(counts.get(status, 0))
        self._metrics.oldest.set(0 if oldest is None else max(0.0, self._clock.now() - oldest))

    async def _forget(self) -> None:
        if monotonic() < self._forget_at:
            return
        await self._store.forget_old(keep_s=self._habits.keep_s, keep_dead_s=self._habits.keep_dead_s)
        await self._engine.forget_dead(hours=int(self._habits.keep_dead_s / 3600) or 1)
        self._forget_at = monotonic() + FORGET_EVERY_S


def _lost(job: Job, remark: str, *, dead: bool, at: float) -> Ended:
    kind = str(job.task_kwargs.get("kind", ""))
    return Ended(
        job_id=job.id or 0,
        kind=kind,
        lane=job.lock or "",
        outcome="dead" if dead else "lost",
        remark=remark,
        attempt=job.attempts + 1,
        ended_at=at,
        seconds=0,
    )
