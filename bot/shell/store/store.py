"""The store as the use cases see it: a work queue and a memory; and as the operator sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.ports import Clock, Delivery, WorkItem
from bot.shell.store.database import Addition, Database, StoreError
from bot.shell.store.postgres import PostgresDatabase
from bot.shell.store.sqlite import SqliteDatabase
from bot.shell.store.writer import GroupWriter

NEWEST_LOOKED_AT = 50
DAY_S = 86_400
YEAR_S = 365 * DAY_S
CLOCK_KEY = "clock"
CLOCK_JUMP_S = 30
LONGEST_REMARK = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one attempt at some work ended."""

    job_id: int
    kind: str
    lane: str
    outcome: str
    remark: str
    attempt: int
    ended_at: float
    seconds: float


class Store:
    """The ports `WorkQueue` and `Memory` on either database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._clock = clock
        self._writer = GroupWriter(database)

    async def add(self, delivery: Delivery | None, items: Sequence[WorkItem], *, delay_s: float = 0) -> bool:
        """Put a delivery and its work on disk, all or nothing; False when the delivery is known."""
        addition = Addition(delivery, tuple(items), added_at=self._clock.now(), delay_s=delay_s)
        return await self._writer.add(addition)

    async def get(self, key: str) -> str | None:
        """A remembered value, unless it has expired."""
        rows = await self.database.query(
            "SELECT value FROM scansion_memory WHERE key = :key AND expires_at > :now",
            key=key,
            now=self._clock.now(),
        )
        return rows[0][0] if rows else None

    async def set(self, key: str, value: str, *, keep_s: float) -> None:
        """Remember a value for a time."""
        await self.database.query(
            "INSERT INTO scansion_memory(key, value, expires_at) VALUES (:key, :value, :until)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at",
            key=key,
            value=value,
            until=self._clock.now() + keep_s,
        )

    async def has_newer(self, job_id: int, item: WorkItem) -> bool:
        """Whether a later item waits that makes this one superfluous."""
        if not item.coalesce:
            return False
        rows = await self.database.query(
            "SELECT args FROM procrastinate_jobs WHERE lock = :lane AND status = 'todo' AND id > :id"
            " ORDER BY id DESC LIMIT :limit",
            lane=item.lane,
            id=job_id,
            limit=NEWEST_LOOKED_AT,
        )
        return any(_same_subject(_mapping(row[0]), item) for row in rows)

    async def record(self, ended: Ended) -> None:
        """Keep how an attempt ended: Procrastinate itself keeps no error text."""
        await self.database.query(
            "INSERT INTO scansion_outcome(job_id, kind, lane, outcome, remark, attempt, ended_at, seconds)"
            " VALUES (:job_id, :kind, :lane, :outcome, :remark, :attempt, :ended_at, :seconds)",
            job_id=ended.job_id,
            kind=ended.kind,
            lane=ended.lane,
            outcome=ended.outcome,
            remark=ended.remark.replace("\0", "")[:LONGEST_REMARK],
            attempt=ended.attempt,
            ended_at=ended.ended_at,
            seconds=ended.seconds,
        )

    async def depth(self) -> tuple[dict[str, int], float | None]:
        """How many jobs have each status, and when the oldest of those ready to run was added."""
        rows = await self.database.query("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
        oldest = await self.database.query(
            "SELECT args FROM procrastinate_jobs"
            " WHERE status = 'todo' AND scheduled_at IS NULL ORDER BY id LIMIT 1"
        )
        added_at = _mapping(oldest[0][0]).get("added_at") if oldest else None  # the engine's own have none
        return {str(status): int(count) for status, count in rows}, added_at

    async def follow_clock(self) -> float:
        """Look at the clock by which waiting work is due; how far it went back since anybody's last look.

        What waits, and what the sweep has done already by that clock, is moved back with it. One process at a time
        may look.
        """
        now = await self.database.now()
        seen = await self.database.query("SELECT value FROM scansion_memory WHERE key = :key", key=CLOCK_KEY)
        await self.set(CLOCK_KEY, repr(now), keep_s=YEAR_S)
        back = float(seen[0][0]) - now if seen else 0.0
        if back < CLOCK_JUMP_S:
            return 0.0
        await self.database.move_schedule(-back)
        await self.database.query(
            "DELETE FROM scansion_key WHERE key LIKE :sweeps AND seen_at > :now", sweeps="sweep:%", now=now
        )
        return back

    async def times_lost(self, job_id: int) -> int:
        """How often a process died over this work."""
        rows = await self.database.query(
            "SELECT count(*) FROM scansion_outcome WHERE job_id = :id AND outcome = 'lost'", id=job_id
        )
        return int(rows[0][0])

    async def check_writable(self) -> None:
        """Write something small. Raises StoreError when nothing can be stored."""
        await self.set("readiness", "", keep_s=DAY_S)

    async def forget_old(self, *, keep_s: float, keep_dead_s: float) -> None:
        """Drop what is older than the operator wants to keep."""
        now = self._clock.now()
        for table, column in (("delivery", "received_at"), ("key", "seen_at")):
            await self.database.query(
                f"DELETE FROM scansion_{table} WHERE {column} < :limit",  # noqa: S608 - constant names
                limit=now - keep_s,
            )
        await self.database.query("DELETE FROM scansion_outcome WHERE ended_at < :limit", limit=now - keep_dead_s)
        await self.database.query("DELETE FROM scansion_memory WHERE expires_at < :now", now=now)

    async def close(self) -> None:
        """Disconnect."""
        await self.database.close()


async def open_store(url: str, clock: Clock, *, exclusive: bool = True) -> Store:
    """Open the store at an address. ``exclusive``: refuse to share an embedded one with another process."""
    database = _database(url, exclusive=exclusive)
    try:
        await database.open()
    except BaseException:
        await database.close()
        raise
    return Store(database, clock)


def is_embedded(url: str) -> bool:
    """Whether the store serves one process only."""
    return url.partition("://")[0] == "sqlite"


def _database(url: str, *, exclusive: bool) -> Database:
    if not is_embedded(url):
        return PostgresDatabase(url)
    path = url.partition("://")[2]  # sqlite://x.db is in the working directory
    if path.startswith("/"):
        path = "/" + path.lstrip("/")  # some write sqlite:////var/x.db for what is sqlite:///var/x.db here
    if not path:
        raise StoreError("`SCANSION_STORE_URL` names no file: write sqlite:///path/to/scansion.db")
    return SqliteDatabase(Path(path), exclusive=exclusive)


def _same_subject(other: Mapping[str, Any], item: WorkItem) -> bool:
    return other.get("kind") == item.kind and other.get("coalesce") == item.coalesce


def _mapping(stored: str | Mapping[str, Any]) -> Mapping[str, Any]:
    """A JSON column: text in SQLite, read already from PostgreSQL."""
    return json.loads(stored) if isinstance(stored, str) else stored
