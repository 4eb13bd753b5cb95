"""What is special to the embedded store."""

from __future__ import annotations

import sqlite3

import procrastinate.sql
import pytest

from bot.shell.store.database import StoreError
from bot.shell.store.store import open_store
from tests.shell.clocks import SystemClock
from tests.shell.running import delivery, work


async def test_second_process_is_refused_and_told_what_to_do(tmp_path) -> None:
    url = f"sqlite://{tmp_path}/scansion.db"
    first = await open_store(url, SystemClock())
    with pytest.raises(StoreError, match="SCANSION_STORE_URL"):
        await open_store(url, SystemClock())
    beside = await open_store(url, SystemClock(), exclusive=False)
    assert await beside.add(delivery("a"), [work()])
    await beside.close()
    await first.close()
    second = await open_store(url, SystemClock())
    await second.close()


@pytest.mark.parametrize("slashes", ["//", "///"])
async def test_absolute_path_may_have_a_slash_too_many(tmp_path, slashes: str) -> None:
    store = await open_store(f"sqlite:{slashes}{tmp_path}/a b.db", SystemClock())
    await store.close()
    assert (tmp_path / "a b.db").exists()
    with pytest.raises(StoreError, match="names no file"):
        await open_store("sqlite://", SystemClock())


async def test_unknown_query_of_a_new_engine_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(procrastinate.sql.queries, "brand_new", "SELECT 1")
    with pytest.raises(StoreError, match="brand_new"):
        await open_store(f"sqlite://{tmp_path}/scansion.db", SystemClock())


async def test_file_that_is_no_database_is_told(tmp_path) -> None:
    (tmp_path / "scansion.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"cannot be opened|failed"):
        await open_store(f"sqlite://{tmp_path}/scansion.db", SystemClock())
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_store(f"sqlite://{tmp_path}/scansion.db/below", SystemClock())


async def test_full_disk_refuses_and_recovers(tmp_path) -> None:
    store = await open_store(f"sqlite://{tmp_path}/scansion.db", SystemClock())
    pages = (await store.database.query("PRAGMA page_count"))[0][0]
    await store.database.query(f"PRAGMA max_page_count = {pages}")
    many = [work(n, lane="x" * 5000) for n in range(100)]
    with pytest.raises(StoreError, match="full"):
        await store.add(delivery("too-much"), many)
    await store.database.query("PRAGMA max_page_count = 1000000")
    assert await store.add(delivery("after"), [work()])
    await store.close()
    with sqlite3.connect(tmp_path / "scansion.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
