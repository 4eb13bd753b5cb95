"""A copy of the store taken while it is in use holds all that was accepted; old stores are brought up to date."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from bot.shell.engine import Attempt
from bot.shell.housekeeping import Habits, Housekeeping
from bot.shell.metrics import Metrics
from bot.shell.store.migrations import POSTGRES, SQLITE
from bot.shell.store.store import open_store
from tests.postgres import copy_database, load, new_database
from tests.shell.clocks import SystemClock
from tests.shell.running import delivery, until, work, working

FIRST_SCHEMA = Path(__file__).parent / "schema-1.sql"
FIRST_POSTGRES_SCHEMA = Path(__file__).parent / "schema-1-postgresql.sql"


async def test_copy_of_the_embedded_store_has_everything(tmp_path) -> None:
    store = await open_store(f"sqlite://{tmp_path}/scansion.db", SystemClock())
    for number in range(50):
        await store.add(delivery(f"d{number}"), [work(number)])
    await store.set("fact", "kept", keep_s=1000)
    with sqlite3.connect(tmp_path / "scansion.db") as source, sqlite3.connect(tmp_path / "copy.db") as copy:
        source.backup(copy)
    source.close()
    copy.close()
    await store.add(delivery("after"), [work(51)])
    await store.close()
    restored = await open_store(f"sqlite://{tmp_path}/copy.db", SystemClock())
    assert (await restored.database.query("SELECT count(*) FROM procrastinate_jobs")) == [(50,)]
    assert await restored.get("fact") == "kept"
    assert not await restored.add(delivery("d7"), [work(7)])
    assert await restored.add(delivery("after"), [work(51)])
    await restored.close()


async def test_dump_of_a_database_has_everything(postgres_url) -> None:
    old, new = new_database(postgres_url), new_database(postgres_url)
    store = await open_store(old, SystemClock())
    await store.add(delivery("d1"), [work(1), work(2)])
    await store.close()
    await asyncio.to_thread(copy_database, old, new)
    restored = await open_store(new, SystemClock())
    assert not await restored.add(delivery("d1"), [])
    assert (await restored.database.query("SELECT count(*) FROM procrastinate_jobs")) == [(2,)]
    await restored.close()


@pytest.fixture
def first_version(request, store_url, tmp_path) -> str:
    """The address of a store as the first version left it."""
    if store_url.startswith("sqlite"):
        with sqlite3.connect(tmp_path / "scansion.db") as connection:
            connection.executescript(FIRST_SCHEMA.read_text())
        connection.close()
    else:
        load(FIRST_POSTGRES_SCHEMA.read_bytes(), store_url)
    return store_url


async def test_store_of_the_first_version_is_brought_up_to_date(first_version) -> None:
    store = await open_store(first_version, SystemClock())
    assert not await store.add(delivery("seen-before"), [work(9)])
    assert await store.database.query("SELECT lock, attempts FROM procrastinate_jobs") == [("mr:42:16", 3)]
    assert await store.add(delivery("new"), [work(10, lane="mr:42:17")])
    recorder: list[int] = []

    async def run(attempt: Attempt) -> None:
        recorder.append(attempt.tries)

    async with working(store, run) as engine:
        await Housekeeping(
            engine, SystemClock(), Metrics(), Habits(sweep_interval_s=0, keep_s=9, keep_dead_s=9)
        ).round()
        await until(lambda: sorted(recorder) == [0, 3])
    versions = [
        row[0] for row in await store.database.query("SELECT version FROM scansion_schema ORDER BY version")
    ]
    newest = SQLITE if first_version.startswith("sqlite") else POSTGRES
    assert versions == list(range(1, len(newest) + 1))
    await store.close()
