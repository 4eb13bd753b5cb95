"""One SQLite file: a single connection in a single thread, one transaction a call."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bot.shell.store.database import StoreError

T = TypeVar("T")

OLDEST_SQLITE = (3, 35)  # RETURNING
PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")


class SqliteFile:
    """The file. ``run`` gives a function the connection inside a transaction that is durable when it returns."""

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        self.path = path
        self._exclusive = exclusive
        self._lock_fd: int | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file, made if it is not there; with ``exclusive``, refuse a second process."""
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old for the embedded store: 3.35 is needed")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._exclusive:
                self._lock_fd = _take_lock(self.path)
            self._thread = ThreadPoolExecutor(1, "scansion-sqlite")
            loop = asyncio.get_running_loop()
            self._connection = await loop.run_in_executor(self._thread, self._connect)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the store `{self.path}` cannot be opened: {error}") from error

    async def close(self) -> None:
        """Close the file; what was committed stays."""
        if self._thread is not None and self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
            self._thread.shutdown()
        if self._lock_fd is not None:
            os.close(self._lock_fd)
        self._connection = self._thread = self._lock_fd = None

    async def run(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function in a transaction. All calls queue up in one thread, so none waits for a lock.

        The transaction ends as a whole even when the caller is cancelled meanwhile.
        """
        if self._thread is None:
            raise StoreError("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, function)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            for pragma in PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:  # no database, or one that may not be written
            connection.close()
            raise
        return connection

    def _transaction(self, function: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._connection
        if connection is None:
            raise StoreError("the store is closed")
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = function(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk has rolled back already
                connection.execute("ROLLBACK")
            raise
        return result


def _take_lock(path: Path) -> int:
    """The kernel frees it when the process dies, however it dies."""
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreError(
            f"another process uses the embedded store `{path}`: it serves one process at a time; "
            "for several, set `SCANSION_STORE_URL` to a PostgreSQL database"
        ) from None
    return handle
