"""What is special to PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest

from bot.shell.store.database import StoreError
from bot.shell.store.store import open_store
from tests.postgres import new_database
from tests.shell.clocks import SystemClock
from tests.shell.running import delivery, work


async def test_processes_that_start_together_make_the_tables_once(postgres_url) -> None:
    url = new_database(postgres_url)
    stores = await asyncio.gather(*[open_store(url, SystemClock()) for _ in range(4)])
    versions = await stores[0].database.query("SELECT version FROM scansion_schema")
    assert versions == [(1,)]
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
