"""Procrastinate's connector for one SQLite file that one process uses."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable
from functools import partial
from typing import Any

from procrastinate import exceptions, manager, sql
from procrastinate.connector import BaseAsyncConnector, BaseConnector, Notify

from bot.shell.store.database import StoreError
from bot.shell.store.sqlite_file import SqliteFile
from bot.shell.store.sqlite_queries import QUERIES

JOB_INSERTED = json.dumps({"type": "job_inserted", "job_id": 0})


class SqliteConnector(BaseAsyncConnector):
    """Answers the engine's named queries from the file, and wakes its workers."""

    def __init__(self, file: SqliteFile) -> None:
        if set(sql.queries) != set(QUERIES):
            odd = ", ".join(sorted(set(sql.queries) ^ set(QUERIES)))
            raise StoreError(f"this version of Procrastinate is not known to the embedded store: {odd}")
        self._file = file
        self._names = {text: name for name, text in sql.queries.items()}
        self._live: set[int] = set()
        self._listeners: list[tuple[Notify, str]] = []

    def get_sync_connector(self) -> BaseConnector:
        """Only asynchronous use is offered; the engine asks for this while tasks are declared."""
        return self

    async def open_async(self, pool: object | None = None) -> None:
        """Nothing to do: whoever made the file opens and closes it."""

    async def close_async(self) -> None:
        """Nothing to do either."""

    async def execute_query_async(self, query: str, **arguments: Any) -> None:
        """Run a query for its effect."""
        await self._execute(query, arguments)

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        """Run a query with one row."""
        row: dict[str, Any] = await self._execute(query, arguments)
        return row

    async def execute_query_all_async(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        """Run a query with any number of rows."""
        rows: list[dict[str, Any]] = await self._execute(query, arguments)
        return rows

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Call back whenever something may have become ready to run, until cancelled."""
        listeners = [(on_notification, channel) for channel in channels]
        self._listeners += listeners
        try:
            await asyncio.Event().wait()
        finally:
            self._listeners = [entry for entry in self._listeners if entry not in listeners]

    async def wake(self) -> None:
        """Let every worker look for work."""
        for notify, channel in self._listeners:
            await notify(channel=channel, payload=JOB_INSERTED)

    async def _execute(self, query: str, arguments: dict[str, Any]) -> Any:
        name = self._names[query]
        result = await self._run(name, self._complete(name, arguments))
        if name == "register_worker":
            self._live.add(result["worker_id"])
        if name in _MAY_FREE_WORK:
            await self.wake()
        return result

    def _complete(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if name == "unregister_worker":
            self._live.discard(arguments["worker_id"])
        if name not in _ABOUT_DEAD_WORKERS:
            return arguments
        given = {key: value for key, value in arguments.items() if key != "seconds_since_heartbeat"}
        return {**given, "live": frozenset(self._live)}

    async def _run(self, name: str, arguments: dict[str, Any]) -> Any:
        try:
            return await self._file.run(partial(QUERIES[name], **arguments))
        except sqlite3.IntegrityError as error:
            if "queueing_lock" not in str(error):
                raise exceptions.ConnectorException from error
            constraint = manager.QUEUEING_LOCK_CONSTRAINT
            raise exceptions.UniqueViolation(constraint_name=constraint, queueing_lock=None) from error
        except (sqlite3.Error, StoreError) as error:
            raise exceptions.ConnectorException from error


# The next job of a lock becomes ready when the one before it ends: upstream would find it at its next poll.
_MAY_FREE_WORK = frozenset({"defer_jobs", "defer_periodic_job", "finish_job", "retry_job", "cancel_job"})
_ABOUT_DEAD_WORKERS = frozenset({"select_stalled_jobs_by_heartbeat", "prune_stalled_workers"})
