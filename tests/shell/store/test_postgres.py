"""What is special to PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.shell.engine import Attempt, Engine
from bot.shell.housekeeping import Habits, Housekeeping
from bot.shell.metrics import Metrics
from bot.shell.store.database import StoreError
from bot.shell.store.store import Store, open_store
from tests.postgres import new_database, postgres_server, restart
from tests.shell.clocks import SystemClock
from tests.shell.running import delivery, until, work, working


async def test_processes_that_start_together_make_the_tables_once(postgres_url) -> None:
    url = new_database(postgres_url)
    stores = await asyncio.gather(*[open_store(url, SystemClock()) for _ in range(4)])
    versions = await stores[0].database.query("SELECT version FROM scansion_schema")
    assert versions == [(1,), (2,)]
    for store in stores:
        await store.close()


async def test_processes_that_get_the_same_deliveries_store_each_once(postgres_url) -> None:
    url = new_database(postgres_url)
    stores = [await open_store(url, SystemClock()) for _ in range(2)]
    names = [f"d{n}" for n in range(200)]
    added = await asyncio.gather(
        *[stores[0].add(delivery(name), [work()]) for name in names],
        *[stores[1].add(delivery(name), [work()]) for name in reversed(names)],
    )
    assert sum(added) == 200
    for store in stores:
        await store.close()


async def test_one_bad_addition_does_not_cost_the_others(postgres_url) -> None:
    store = await open_store(new_database(postgres_url), SystemClock())
    results = await asyncio.gather(
        *[store.add(delivery(f"d{n}"), [work(n, lane="a\0b" if n == 3 else "lane")]) for n in range(6)],
        return_exceptions=True,
    )
    assert [isinstance(result, StoreError) for result in results] == [n == 3 for n in range(6)]
    await store.close()


async def test_only_one_process_rescues_at_a_time(postgres_url) -> None:
    url = new_database(postgres_url)
    first, second = [await open_store(url, SystemClock()) for _ in range(2)]
    async with first.database.rescue_turn() as mine, second.database.rescue_turn() as other:
        assert (mine, other) == (True, False)
    await first.close()
    await second.close()


async def test_unreachable_server_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        await open_store("postgresql://bot:made-up-secret@127.0.0.1:1/none", SystemClock())
    assert "PostgreSQL" in str(caught.value)
    assert "made-up-secret" not in str(caught.value)
    with pytest.raises(StoreError, match="SCANSION_STORE_URL"):
        await open_store("postgresql://[oops", SystemClock())


async def insist(store: Store, number: int) -> None:
    """As a sender that is answered 503 and tries again."""
    while True:
        try:
            await store.add(delivery(f"d{number}"), [work(number)])
        except StoreError:
            await asyncio.sleep(0.1)
        else:
            return


@pytest.fixture
def quick_recovery(monkeypatch) -> None:
    monkeypatch.setattr("bot.shell.engine.HEARTBEAT_S", 0.5)
    monkeypatch.setattr("bot.shell.engine.STALLED_AFTER_S", 2)
    monkeypatch.setattr("bot.shell.engine.RESTART_PAUSE_S", 0.2)
    monkeypatch.setattr("bot.shell.housekeeping.ROUND_S", 0.3)


@pytest.mark.usefixtures("quick_recovery")
async def test_work_goes_on_after_the_server_was_restarted() -> None:
    done: list[int] = []

    async def run(attempt: Attempt) -> None:
        await asyncio.sleep(0.02)
        done.append(attempt.item.payload["number"])

    with postgres_server() as server:
        store = await open_store(new_database(server.get_uri()), SystemClock())
        async with working(store, run, grace_s=0.5) as engine, kept(engine):
            for number in range(30):
                await insist(store, number)
            await asyncio.to_thread(restart, server)
            for number in range(30, 60):
                await insist(store, number)
            await until(lambda: len(set(done)) == 60, within_s=40)
        await store.close()
    assert list(dict.fromkeys(done)) == list(range(60))


@asynccontextmanager
async def kept(engine: Engine) -> AsyncIterator[None]:
    """Housekeeping beside the engine."""
    stop = asyncio.Event()
    habits = Habits(sweep_interval_s=0, keep_s=1000, keep_dead_s=7200)
    keeper = asyncio.create_task(Housekeeping(engine, SystemClock(), Metrics(), habits).run(stop))
    yield
    stop.set()
    await keeper
