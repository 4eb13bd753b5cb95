"""Runs an engine over a store for the length of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.app.ports import Delivery, WorkItem
from bot.shell.engine import Engine, Run
from bot.shell.store.store import Store


def work(number: int = 0, *, lane: str = "mr:1:1", coalesce: str = "", kind: str = "review") -> WorkItem:
    return WorkItem(kind=kind, lane=lane, payload={"number": number}, coalesce=coalesce)


def delivery(*keys: str) -> Delivery:
    return Delivery(id=keys[0], event="merge-request", keys=keys, received_at=1_800_000_000, summary="")


@asynccontextmanager
async def working(store: Store, run: Run, *, concurrency: int = 4, grace_s: float = 5) -> AsyncIterator[Engine]:
    engine, stop = Engine(store, run, concurrency=concurrency, grace_s=grace_s), asyncio.Event()
    task = asyncio.create_task(engine.work(stop))
    try:
        yield engine
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def until(condition: Callable[[], object], *, within_s: float = 15) -> None:
    """Wait until something holds; fails the test when it does not in time."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110 - conditions of several kinds
            await asyncio.sleep(0.005)
