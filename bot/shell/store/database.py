"""What the store needs from a database; the SQLite file and PostgreSQL offer it alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from procrastinate.connector import BaseAsyncConnector
from procrastinate.types import JobToDefer

from bot.app.ports import Delivery, WorkItem

QUEUE = "work"
RUN_TASK = "scansion.run"
LATER_TASK = "scansion.later"

Row = tuple[Any, ...]


class StoreError(Exception):
    """The store cannot be used now. The message is a sentence without secrets."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What is written in one go: a delivery, or work of our own, with when it was added and how long it waits."""

    delivery: Delivery | None
    items: tuple[WorkItem, ...]
    added_at: float
    delay_s: float = 0

    def jobs(self, now: float) -> list[JobToDefer]:
        """The items as the queue engine's jobs. ``now`` is by the clock that decides when they are due.

        Delayed work has no lock: a waiting job blocks all later ones of its lock. When it is due it
        is added again, on its lane.
        """
        due = dt.datetime.fromtimestamp(now + self.delay_s, dt.UTC) if self.delay_s > 0 else None
        return [self._job(item, due) for item in self.items]

    def _job(self, item: WorkItem, due: dt.datetime | None) -> JobToDefer:
        return JobToDefer(
            queue_name=QUEUE,
            task_name=RUN_TASK if due is None else LATER_TASK,
            priority=0,
            lock=item.lane if due is None else None,
            queueing_lock=None,
            args={
                "kind": item.kind,
                "lane": item.lane,
                "coalesce": item.coalesce,
                "payload": dict(item.payload),
                "delivery": self.delivery.id if self.delivery else "",
                "added_at": self.added_at,
            },
            scheduled_at=due,
        )


class Database(Protocol):
    """One of the two databases. Every failure is raised as StoreError."""

    @property
    def connector(self) -> BaseAsyncConnector:
        """The queue engine's way in."""
        ...

    async def open(self) -> None:
        """Connect and bring the tables up to date."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...

    async def query(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement, with named values such as ``:key``, in a transaction of its own."""
        ...

    async def add(self, additions: Sequence[Addition]) -> list[bool]:
        """Write them all in one transaction; False for each whose delivery is known already."""
        ...

    async def now(self) -> float:
        """The time by the clock that decides when waiting work is due."""
        ...

    async def move_schedule(self, seconds: float) -> None:
        """Let what waits for a time wait so much longer."""
        ...

    def rescue_turn(self) -> AbstractAsyncContextManager[bool]:
        """Hold the right to rescue work, which one process at a time may have; False: another has it."""
        ...
