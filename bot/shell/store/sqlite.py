"""The embedded store: one SQLite file."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bot.app.ports import Delivery
from bot.shell.store.database import Addition, Row, StoreError
from bot.shell.store.migrations import SQLITE, VERSION_TABLE, missing
from bot.shell.store.sqlite_connector import SqliteConnector
from bot.shell.store.sqlite_file import SqliteFile
from bot.shell.store.sqlite_queries import defer_jobs

T = TypeVar("T")


class SqliteDatabase:
    """The `Database` of one process (``exclusive``), or of a command that looks in beside it."""

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        self._file = SqliteFile(path, exclusive=exclusive)
        self.connector = SqliteConnector(self._file)

    async def open(self) -> None:
        """Open the file and bring its tables up to date."""
        await self._file.open()
        try:
            await self._run(_migrate)
        except ValueError as error:
            raise StoreError(str(error)) from error

    async def close(self) -> None:
        """Close the file."""
        await self._file.close()

    async def query(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement."""
        return await self._run(lambda db: db.execute(sql, values).fetchall())

    async def now(self) -> float:
        """The time of the host."""
        return time.time()

    async def move_schedule(self, seconds: float) -> None:
        """Move what waits for a time."""
        await self.query(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at + :seconds"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL",
            seconds=seconds,
        )

    async def add(self, additions: Sequence[Addition]) -> list[bool]:
        """Write them all with one flush to the disk."""
        added = await self._run(partial(_add_all, additions=additions))
        await self.connector.wake()
        return added

    @asynccontextmanager
    async def rescue_turn(self) -> AsyncIterator[bool]:
        """There is only one process."""
        yield True

    async def _run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return await self._file.run(function)
        except sqlite3.Error as error:
            raise StoreError(f"the embedded store failed: {error}") from error


def _add_all(db: sqlite3.Connection, additions: Sequence[Addition]) -> list[bool]:
    return [_add(db, addition) for addition in additions]


def _add(db: sqlite3.Connection, addition: Addition) -> bool:
    delivery = addition.delivery
    if delivery is not None and not _claim(db, delivery, len(addition.items)):
        return False
    defer_jobs(db, addition.jobs(time.time()))
    return True


def _claim(db: sqlite3.Connection, delivery: Delivery, items: int) -> bool:
    """Remember all keys, also those of a duplicate: they are other names of the same happening."""
    insert = "INSERT OR IGNORE INTO scansion_key(key, seen_at) VALUES (?, ?)"
    fresh = [db.execute(insert, (key, delivery.received_at)).rowcount for key in delivery.keys]
    if not all(fresh):
        return False
    db.execute(
        "INSERT INTO scansion_delivery(name, event, summary, items, received_at) VALUES (?, ?, ?, ?, ?)",
        (delivery.id, delivery.event, delivery.summary, items, delivery.received_at),
    )
    return True


def _migrate(db: sqlite3.Connection) -> None:
    db.execute(VERSION_TABLE)
    current: int = db.execute("SELECT COALESCE(max(version), 0) FROM scansion_schema").fetchone()[0]
    for number, version in enumerate(missing(SQLITE, current), current + 1):
        for statement in version.split(";\n"):  # executescript would commit before it begins
            db.execute(statement)
        db.execute("INSERT INTO scansion_schema(version) VALUES (?)", (number,))
