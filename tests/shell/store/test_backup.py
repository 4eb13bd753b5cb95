"""A copy of the store taken while it is in use holds all that was accepted; old stores are brought up to date."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from bot.shell.store.store import open_store
from tests.postgres import copy_database, new_database
from tests.shell.clocks import SystemClock
from tests.shell.running import delivery, work

FIRST_SCHEMA = Path(__file__).parent / "schema-1.sql"


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


async def test_store_of_the_first_version_is_brought_up_to_date(tmp_path) -> None:
    with sqlite3.connect(tmp_path / "scansion.db") as connection:
        connection.executescript(FIRST_SCHEMA.read_text())
    connection.close()
    store = await open_store(f"sqlite://{tmp_path}/scansion.db", SystemClock())
    assert not await store.add(delivery("seen-before"), [work(9)])
    assert await store.database.query("SELECT lock, attempts FROM procrastinate_jobs") == [("mr:42:16", 3)]
    assert await store.add(delivery("new"), [work(10)])
    await store.close()
