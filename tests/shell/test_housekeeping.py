"""The clock, the counters and the watchdog."""

from __future__ import annotations

import asyncio
import threading
import time

from bot.shell.engine import Engine
from bot.shell.housekeeping import Habits, Housekeeping
from bot.shell.metrics import Metrics
from bot.shell.watchdog import watched
from tests.shell.clocks import SystemClock
from tests.shell.running import work, working


async def idle(_attempt) -> None:
    """No work in these tests."""


async def test_queue_depth_is_measured(store) -> None:
    metrics, clock = Metrics(), SystemClock()
    engine = Engine(store, idle, concurrency=1, grace_s=1)
    await store.add(None, [work(0), work(1)])
    await Housekeeping(engine, clock, metrics, Habits(sweep_interval_s=0, keep_s=1, keep_dead_s=1)).round()
    text = metrics.render().decode()
    assert 'scansion_work_waiting{status="todo"} 2.0' in text
    assert metrics.registry.get_sample_value("scansion_work_oldest_seconds") < 10


async def test_work_of_the_engine_itself_does_not_disturb(store) -> None:
    engine = Engine(store, idle, concurrency=1, grace_s=1)
    await engine.app.configure_task("scansion.new_year").defer_async(timestamp=0)
    habits = Habits(sweep_interval_s=0, keep_s=1, keep_dead_s=1)
    metrics = Metrics()
    await Housekeeping(engine, SystemClock(), metrics, habits).round()
    assert metrics.registry.get_sample_value("scansion_work_waiting", {"status": "todo"}) == 1
    async with working(store, idle):
        async with asyncio.timeout(10):
            while await store.database.query("SELECT 1 FROM procrastinate_jobs"):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_hung_loop_ends_the_process_and_a_busy_one_does_not() -> None:
    ended = threading.Event()
    async with watched(turn_s=0.02, hung_after_s=0.2, end=ended.set):
        await asyncio.sleep(0.5)
        assert not ended.is_set()
        time.sleep(1)  # noqa: ASYNC251 - the loop shall hang
    assert ended.is_set()
