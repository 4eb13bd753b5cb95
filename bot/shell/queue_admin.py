"""What the operator can see of the stored work and do about it: `scansion queue` and the operations page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.shell.store.database import Row
from bot.shell.store.store import Ended, Store

# The engine's word for each of ours.
STATES = {"waiting": "todo", "running": "doing", "dead": "failed", "discarded": "cancelled"}
WORDS = {engine: ours for ours, engine in STATES.items()} | {"aborted": "dead"}

_WORK = (
    "SELECT id, status, lock, attempts, args,"
    " (SELECT remark FROM scansion_outcome WHERE job_id = procrastinate_jobs.id ORDER BY ended_at DESC LIMIT 1)"
    " FROM procrastinate_jobs"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedWork:
    """One piece of stored work. ``remark`` says how the last attempt ended."""

    id: int
    state: str
    kind: str
    lane: str
    tries: int
    added_at: float
    delivery: str
    payload: Mapping[str, Any]
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """A delivery that led to work."""

    name: str
    event: str
    summary: str
    received_at: float


class QueueAdmin:
    """Looks into a store and changes single pieces of work. It works beside running processes."""

    def __init__(self, store: Store) -> None:
        self._database = store.database

    async def counts(self) -> dict[str, int]:
        """How much work is in each state."""
        rows = await self._database.query("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
        found = {WORDS.get(str(status), str(status)): int(count) for status, count in rows}
        return {state: found.get(state, 0) for state in ("waiting", "running", "dead")}

    async def list_work(self, *, state: str = "", limit: int = 100) -> list[QueuedWork]:
        """Work in one state, or all that is still to do, oldest first. Raises ValueError for an unknown state."""
        if state and state not in STATES:
            raise ValueError(f"`{state}` is not a state: choose one of {', '.join(STATES)}")
        where = f"status = '{STATES[state]}'" if state else "status IN ('todo', 'doing')"
        rows = await self._database.query(f"{_WORK} WHERE {where} ORDER BY id LIMIT :limit", limit=limit)
        return [_work(row) for row in rows]

    async def show(self, job_id: int) -> QueuedWork | None:
        """One piece of work, None when it is done or was never there."""
        rows = await self._database.query(f"{_WORK} WHERE id = :id", id=job_id)
        return _work(rows[0]) if rows else None

    async def outcomes(self, *, limit: int = 100, job_id: int | None = None) -> list[Ended]:
        """How attempts ended, newest first."""
        rows = await self._database.query(
            "SELECT job_id, kind, lane, outcome, remark, attempt, ended_at, seconds FROM scansion_outcome"
            " WHERE CAST(:id AS BIGINT) IS NULL OR job_id = :id ORDER BY ended_at DESC LIMIT :limit",
            id=job_id,
            limit=limit,
        )
        names = ("job_id", "kind", "lane", "outcome", "remark", "attempt", "ended_at", "seconds")
        return [Ended(**dict(zip(names, row, strict=True))) for row in rows]

    async def deliveries(self, *, limit: int = 100) -> list[StoredDelivery]:
        """Deliveries that led to work, newest first."""
        rows = await self._database.query(
            "SELECT name, event, summary, received_at FROM scansion_delivery"
            " ORDER BY received_at DESC LIMIT :limit",
            limit=limit,
        )
        return [StoredDelivery(name=row[0], event=row[1], summary=row[2], received_at=row[3]) for row in rows]

    async def retry(self, job_id: int) -> bool:
        """Let a dead letter be tried again as if it were new; False when there is no such dead letter."""
        rows = await self._database.query(
            "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL"
            " WHERE id = :id AND status IN ('failed', 'aborted') RETURNING id",
            id=job_id,
        )
        return bool(rows)

    async def discard(self, job_id: int) -> bool:
        """Drop waiting work or a dead letter; False for work that is running or not there."""
        rows = await self._database.query(
            "DELETE FROM procrastinate_jobs"
            " WHERE id = :id AND status IN ('todo', 'failed', 'aborted', 'cancelled') RETURNING id",
            id=job_id,
        )
        return bool(rows)


def _work(row: Row) -> QueuedWork:
    job_id, status, lock, attempts, stored, remark = row
    args = json.loads(stored) if isinstance(stored, str) else stored
    return QueuedWork(
        id=job_id,
        state=WORDS.get(str(status), str(status)),
        kind=str(args.get("kind", "")),
        lane=lock or str(args.get("lane", "")),
        tries=attempts,
        added_at=float(args.get("added_at", 0)),
        delivery=str(args.get("delivery", "")),
        payload=args.get("payload", {}),
        remark=remark or "",
    )
