"""The store of several hosts: a PostgreSQL database."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import psycopg
from procrastinate import PsycopgConnector, exceptions, sql
from procrastinate.connector import Notify
from procrastinate.schema import SchemaManager
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from bot.app.ports import Delivery
from bot.shell.store.database import Addition, Row, StoreError
from bot.shell.store.migrations import POSTGRES, VERSION_TABLE, missing
from bot.shell.store.postgres_queries import OURS, TELL_THE_TIME, with_pause

Connection = psycopg.AsyncConnection[Row]

# A dead network must show within half a minute: without these a worker can hang for hours.
CONNECTION_DEFAULTS: dict[str, str] = {
    "application_name": "scansion",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
ECHO_AFTER_S = 0.05
WAIT_FOR_CONNECTION_S = 5  # GitLab waits ten seconds for the answer to a webhook
MIGRATION_LOCK = 0x5CA501
RESCUE_LOCK = 0x5CA502

_CLAIM = """
INSERT INTO scansion_key(key, seen_at)
SELECT key, %(now)s FROM unnest(%(keys)s::text[]) AS key ORDER BY key
ON CONFLICT DO NOTHING RETURNING key
"""
_REMEMBER = """
INSERT INTO scansion_delivery(name, event, summary, items, received_at)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::int[], %s::float8[])
"""


class _Connector(PsycopgConnector):
    """Uses our own form of the queries that would trust a clock, and tells of each notification twice.

    A worker forgets one that comes while it looks for work, as the look may have been too early to see
    what it told of; that work would then wait for the next poll.
    """

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Run a query for its effect."""
        await super().execute_query_async(OURS.get(query, query), **with_pause(arguments))

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """Run a query with any number of rows."""
        rows: list[dict[str, Any]] = await super().execute_query_all_async(OURS.get(query, query), **arguments)
        return rows

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen until cancelled."""
        echo: asyncio.Task[None] | None = None

        async def tell_twice(*, channel: str, payload: str) -> None:
            nonlocal echo
            await on_notification(channel=channel, payload=payload)
            if echo is None or echo.done():
                echo = asyncio.create_task(_later(on_notification, channel, payload))

        await super().listen_notify(tell_twice, channels)


class PostgresDatabase:
    """The `Database` on PostgreSQL."""

    def __init__(self, url: str) -> None:
        try:
            given = psycopg.conninfo.conninfo_to_dict(url)
        except psycopg.Error:
            raise StoreError("`SCANSION_STORE_URL` is not an address that PostgreSQL understands") from None
        asked = {name: str(value) for name, value in given.items() if value is not None}
        self._conninfo = make_conninfo("", **{**CONNECTION_DEFAULTS, **asked})
        self.connector = _Connector(
            conninfo=self._conninfo, min_size=1, max_size=10, timeout=WAIT_FOR_CONNECTION_S, name="scansion"
        )

    async def open(self) -> None:
        """Connect and bring the tables up to date, one process at a time."""
        try:
            async with await psycopg.AsyncConnection.connect(self._conninfo) as connection:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
                await _migrate(connection)
            await self.connector.open_async()
        except (psycopg.Error, PoolTimeout, exceptions.ConnectorException) as error:
            raise StoreError(_explain(error)) from error
        except ValueError as error:
            raise StoreError(str(error)) from error

    async def close(self) -> None:
        """Disconnect."""
        await self.connector.close_async()

    async def query(self, sql: str, **values: Any) -> list[Row]:
        """Run one statement."""
        statement = re.sub(r":(\w+)", r"%(\1)s", sql)
        async with self._transaction() as connection:
            cursor = await connection.execute(statement, values)
            return await cursor.fetchall() if cursor.description else []

    async def now(self) -> float:
        """The server's time."""
        async with self._transaction() as connection:
            return await _now(connection)

    async def move_schedule(self, seconds: float) -> None:
        """Move what waits for a time."""
        await self.query(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at + make_interval(secs => :seconds)"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL",
            seconds=seconds,
        )

    async def add(self, additions: Sequence[Addition]) -> list[bool]:
        """Write them all in one transaction."""
        async with self._transaction() as connection:
            known = await _known_keys(connection, additions)
            added = _judge(additions, known)
            accepted = [addition for addition, new in zip(additions, added, strict=True) if new]
            now = 0.0
            if any(addition.delay_s for addition in accepted):
                now = await _now(connection)
                await connection.execute(TELL_THE_TIME)
            jobs = [job for addition in accepted for job in addition.jobs(now)]
            async with connection.pipeline():
                await _remember(connection, accepted)
                if jobs:
                    await self.connector.execute_query_all_async_with_connection(
                        connection, query=sql.queries["defer_jobs"], jobs=jobs
                    )
        return added

    @asynccontextmanager
    async def rescue_turn(self) -> AsyncIterator[bool]:
        """The lock belongs to the transaction, so it goes with the connection."""
        async with self._transaction() as connection:
            cursor = await connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (RESCUE_LOCK,))
            row = await cursor.fetchone()
            yield bool(row and row[0])

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Connection]:
        try:
            pool: AsyncConnectionPool[Connection] = self.connector.pool
            async with pool.connection() as connection:
                yield connection
        except (psycopg.Error, PoolTimeout, exceptions.ConnectorException, exceptions.AppNotOpen) as error:
            raise StoreError(_explain(error)) from error


async def _later(on_notification: Notify, channel: str, payload: str) -> None:
    await asyncio.sleep(ECHO_AFTER_S)
    await on_notification(channel=channel, payload=payload)


async def _now(connection: Connection) -> float:
    row = await (await connection.execute("SELECT extract(epoch FROM now())")).fetchone()
    return float(row[0]) if row else 0.0


async def _known_keys(connection: Connection, additions: Sequence[Addition]) -> set[str]:
    """Claim all keys of the batch, in order so that two processes cannot block each other."""
    deliveries = [addition.delivery for addition in additions if addition.delivery is not None]
    keys = {key for delivery in deliveries for key in delivery.keys}
    if not keys:
        return set()
    now = max(delivery.received_at for delivery in deliveries)
    cursor = await connection.execute(_CLAIM, {"keys": sorted(keys), "now": now})
    return keys - {row[0] for row in await cursor.fetchall()}


def _judge(additions: Sequence[Addition], known: set[str]) -> list[bool]:
    """Which are new: none of their keys was known, also not from earlier in the batch."""
    seen = set(known)
    verdicts = []
    for addition in additions:
        keys = set(addition.delivery.keys) if addition.delivery else set()
        verdicts.append(not keys & seen)
        seen |= keys
    return verdicts


async def _remember(connection: Connection, accepted: Sequence[Addition]) -> None:
    rows = [_columns(entry.delivery, len(entry.items)) for entry in accepted if entry.delivery is not None]
    if rows:
        await connection.execute(_REMEMBER, [list(column) for column in zip(*rows, strict=True)])


def _columns(delivery: Delivery, items: int) -> Row:
    return delivery.id, delivery.event, delivery.summary, items, delivery.received_at


async def _migrate(connection: Connection) -> None:
    engine = await connection.execute("SELECT to_regclass('procrastinate_jobs')")
    if (await engine.fetchone() or (None,))[0] is None:
        await connection.execute(SchemaManager.get_schema())
    await connection.execute(VERSION_TABLE)
    cursor = await connection.execute("SELECT COALESCE(max(version), 0) FROM scansion_schema")
    current = (await cursor.fetchone() or (0,))[0]
    for number, version in enumerate(missing(POSTGRES, current), current + 1):
        await connection.execute(version)
        await connection.execute("INSERT INTO scansion_schema(version) VALUES (%s)", (number,))


def _explain(error: BaseException) -> str:
    """One line; libpq's messages name host and user, never the password."""
    cause = error.__cause__ or error
    return f"the PostgreSQL store failed: {' '.join(str(cause).split()) or type(cause).__name__}"
