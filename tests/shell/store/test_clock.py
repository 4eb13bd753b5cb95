"""Clocks jump by hours, and nothing is done twice, nothing waits for hours: that of the database and our own."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import procrastinate.utils
import pytest

from bot.shell.engine import Attempt, TryAgainError
from bot.shell.housekeeping import Habits, Housekeeping
from bot.shell.metrics import Metrics
from tests.crash.clock import shift_server_clock
from tests.shell.clocks import SystemClock
from tests.shell.running import until, work, working

HOURS = 3 * 3600.0


@pytest.fixture(autouse=True)
def quick(monkeypatch) -> None:
    monkeypatch.setattr("bot.shell.engine.HEARTBEAT_S", 0.3)
    monkeypatch.setattr("bot.shell.engine.STALLED_AFTER_S", 1.5)


@pytest.fixture
def keep(monkeypatch):
    """Makes the rounds of housekeeping beside an engine."""

    async def rounds(engine, seconds: float) -> None:
        habits = Habits(sweep_interval_s=0, keep_s=10**6, keep_dead_s=10**6)
        keeper, end = Housekeeping(engine, SystemClock(), Metrics(), habits), time.monotonic() + seconds
        while time.monotonic() < end:
            await keeper.round()
            await asyncio.sleep(0.1)

    return rounds


@pytest.fixture
def jump(store, store_url, monkeypatch):
    """Lets the clock by which the store counts jump."""

    async def by(seconds: float) -> None:
        if store_url.startswith("postgresql"):
            await asyncio.to_thread(shift_server_clock, store_url, seconds)
        else:
            real = time.time
            monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return by


class Slow:
    """Work that takes its time, and remembers who did it at once with itself."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.running = self.most = self.begun = self.ended = 0

    async def run(self, _attempt: Attempt) -> None:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(self.seconds)
        self.running -= 1
        self.ended += 1


class Trying:
    """Work that succeeds at its second try."""

    def __init__(self, after_s: float) -> None:
        self.after_s = after_s
        self.tried: list[float] = []

    async def run(self, _attempt: Attempt) -> None:
        self.tried.append(time.monotonic())
        if len(self.tried) == 1:
            raise TryAgainError(after_s=self.after_s)


@pytest.mark.parametrize("by", [HOURS, -HOURS])
async def test_running_work_is_left_alone_when_the_clock_jumps(store, keep, jump, by) -> None:
    slow = Slow(3)
    async with working(store, slow.run) as engine:
        await store.add(None, [work(0)])
        await until(lambda: slow.running)
        await keep(engine, 0.5)
        await jump(by)
        await keep(engine, 2)
        await until(lambda: slow.ended)
    assert (slow.begun, slow.most) == (1, 1)


@pytest.mark.parametrize("by", [HOURS, -HOURS])
async def test_waiting_retry_does_not_wait_for_hours_when_the_clock_jumps(store, keep, jump, by) -> None:
    trying = Trying(after_s=2)
    async with working(store, trying.run) as engine:
        await store.add(None, [work(0)])
        await until(lambda: trying.tried)
        await keep(engine, 0.3)
        await jump(by)
        await keep(engine, 0.3)
        await until(lambda: len(trying.tried) == 2, within_s=10)
    assert await store.database.query("SELECT id FROM procrastinate_jobs") == []


@pytest.mark.parametrize("by", [HOURS, -HOURS])
async def test_delayed_work_does_not_wait_for_hours_when_the_clock_jumps(store, keep, jump, by) -> None:
    slow = Slow(0)
    async with working(store, slow.run) as engine:
        await store.add(None, [work(0)], delay_s=2)
        await keep(engine, 0.3)
        await jump(by)
        await keep(engine, 0.3)
        await until(lambda: slow.ended, within_s=10)


@pytest.mark.parametrize("by", [HOURS, -HOURS])
async def test_work_of_a_dead_process_is_taken_back_soon_after_the_clock_jumped(store, keep, jump, by) -> None:
    slow = Slow(0)
    async with working(store, slow.run) as engine:
        await keep(engine, 0.3)
        dead = await engine.app.job_manager.register_worker()
        await store.add(None, [work(0, lane="mr:9:9")], delay_s=10**6)
        await store.database.query(
            "UPDATE procrastinate_jobs SET status = 'doing', scheduled_at = NULL, task_name = 'scansion.run',"
            " worker_id = :worker",
            worker=dead,
        )
        if hasattr(store.database.connector, "_live"):
            store.database.connector._live.discard(dead)
        await keep(engine, 0.3)
        await jump(by)
        await keep(engine, 4)
        await until(lambda: slow.ended)
    assert slow.ended == 1


@pytest.mark.parametrize("ahead_s", [HOURS, -HOURS])
async def test_retry_takes_its_pause_though_this_host_s_clock_is_wrong(
    postgres_store, monkeypatch, ahead_s
) -> None:
    """The server's clock decides when work is due; the retry of a host that is behind would come at once."""
    real = procrastinate.utils.utcnow
    monkeypatch.setattr(procrastinate.utils, "utcnow", lambda: real() + dt.timedelta(seconds=ahead_s))
    trying = Trying(after_s=1.5)
    async with working(postgres_store, trying.run):
        await postgres_store.add(None, [work(0)])
        await until(lambda: len(trying.tried) == 2, within_s=10)
    assert trying.tried[1] - trying.tried[0] >= 1.4


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
async def test_clock_that_went_ahead_and_back_between_two_looks_holds_no_retry_back(store, keep, jump) -> None:
    trying = Trying(after_s=2)
    async with working(store, trying.run) as engine:
        await keep(engine, 0.3)
        await jump(HOURS)
        await store.add(None, [work(0)])
        await until(lambda: trying.tried)
        await asyncio.wait_for(_set_for_later(store), 10)
        await jump(-HOURS)
        await keep(engine, 0.3)
        await until(lambda: len(trying.tried) == 2, within_s=10)


async def _set_for_later(store) -> None:
    while not await store.database.query("SELECT id FROM procrastinate_jobs WHERE status = 'todo'"):
        pass
