"""Procrastinate's named queries on SQLite: the same names, arguments and meaning as its `queries.sql`.

Each function runs inside a transaction. ``QUERIES`` must have exactly the names of the installed
Procrastinate; the connector refuses to start otherwise.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from procrastinate.types import JobToDefer

Connection = sqlite3.Connection
Record = dict[str, Any]

COLUMNS = (
    "id",
    "status",
    "task_name",
    "priority",
    "lock",
    "queueing_lock",
    "args",
    "scheduled_at",
    "queue_name",
    "attempts",
    "worker_id",
    "abort_requested",
)
_COLUMN_LIST = ", ".join(COLUMNS)

_FETCH = """
UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker_id WHERE id = (
    SELECT job.id FROM procrastinate_jobs job
    WHERE job.status = 'todo'
      AND (job.scheduled_at IS NULL OR job.scheduled_at <= :now)
      AND (:queues IS NULL OR job.queue_name IN (SELECT value FROM json_each(:queues)))
      AND (job.lock IS NULL OR NOT EXISTS (
          SELECT 1 FROM procrastinate_jobs other
          WHERE other.lock = job.lock AND other.status IN ('todo', 'doing') AND (
              other.status = 'doing'
              OR other.priority > job.priority
              OR (other.priority = job.priority AND other.id < job.id))))
    ORDER BY job.priority DESC, job.id LIMIT 1)
RETURNING """


def defer_jobs(db: Connection, jobs: Iterable[JobToDefer]) -> list[Record]:
    """Add jobs, in their order."""
    return [{"id": _insert_job(db, job)} for job in jobs]


def defer_periodic_job(db: Connection, **values: Any) -> Record:
    """Add the job of a tick, unless that tick has had its job."""
    key = (values["task_name"], values["periodic_id"], values["defer_timestamp"])
    added = db.execute(
        "INSERT OR IGNORE INTO procrastinate_periodic_defers(task_name, periodic_id, defer_timestamp)"
        " VALUES (?, ?, ?)",
        key,
    )
    if not added.rowcount:
        return {"id": None}
    db.execute(
        "DELETE FROM procrastinate_periodic_defers"
        " WHERE task_name = ? AND periodic_id = ? AND defer_timestamp < ?",
        key,
    )
    job = JobToDefer(
        queue_name=values["queue"],
        task_name=values["task_name"],
        priority=values["priority"],
        lock=values["lock"],
        queueing_lock=values["queueing_lock"],
        args=values["args"],
        scheduled_at=None,
    )
    return {"id": _insert_job(db, job)}


def fetch_job(db: Connection, queues: Sequence[str] | None, worker_id: int) -> Record:
    """Take the first job that may run: due, and the oldest of its lock with none of that lock running."""
    names = None if queues is None else json.dumps(list(queues))
    values = {"worker_id": worker_id, "now": time.time(), "queues": names}
    row = db.execute(_FETCH + _COLUMN_LIST, values).fetchone()
    return _record(row) if row else {"id": None}


def finish_job(db: Connection, job_id: int, status: str, delete_job: bool) -> None:  # noqa: FBT001 - given by name
    """End a job."""
    if delete_job:
        done = db.execute("DELETE FROM procrastinate_jobs WHERE id = ? AND status IN ('todo', 'doing')", (job_id,))
    else:
        done = db.execute(
            "UPDATE procrastinate_jobs SET attempts = attempts + (status = 'doing'), status = ?, finished_at = ?,"
            " abort_requested = 0 WHERE id = ? AND status IN ('todo', 'doing')",
            (status, time.time(), job_id),
        )
    _require(done.rowcount, f"job {job_id} is neither waiting nor running")


def retry_job(
    db: Connection,
    job_id: int,
    retry_at: dt.datetime | None,
    new_priority: int | None = None,
    new_queue_name: str | None = None,
    new_lock: str | None = None,
) -> None:
    """Let a running or failed job wait again; one that was asked to stop ends instead."""
    stopped = db.execute(
        "UPDATE procrastinate_jobs SET status = 'failed', finished_at = ? "
        "WHERE id = ? AND status = 'doing' AND abort_requested",
        (time.time(), job_id),
    )
    if stopped.rowcount:
        return
    waiting = db.execute(
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = attempts + 1, scheduled_at = ?,"
        " finished_at = NULL, priority = COALESCE(?, priority), queue_name = COALESCE(?, queue_name),"
        " lock = COALESCE(?, lock)"
        " WHERE id = ? AND status IN ('doing', 'failed')",
        (_epoch(retry_at), new_priority, new_queue_name, new_lock, job_id),
    )
    _require(waiting.rowcount, f"job {job_id} is neither running nor failed")


def cancel_job(db: Connection, job_id: int, abort: bool, delete_job: bool) -> Record:  # noqa: FBT001 - given by name
    """Take a waiting job back; ask a running one to stop where ``abort`` is set."""
    waiting = "FROM procrastinate_jobs WHERE id = ? AND status = 'todo'"
    if delete_job and db.execute(f"DELETE {waiting}", (job_id,)).rowcount:
        return {"id": job_id}
    cancelled = db.execute(
        "UPDATE procrastinate_jobs SET status = 'cancelled', finished_at = ? WHERE id = ? AND status = 'todo'",
        (time.time(), job_id),
    )
    if not cancelled.rowcount and abort:
        cancelled = db.execute(
            "UPDATE procrastinate_jobs SET abort_requested = 1 WHERE id = ? AND status = 'doing'", (job_id,)
        )
    return {"id": job_id if cancelled.rowcount else None}


def get_job_status(db: Connection, job_id: int) -> Record:
    """The status of a job, None for an unknown one."""
    row = db.execute("SELECT status FROM procrastinate_jobs WHERE id = ?", (job_id,)).fetchone()
    return {"status": row[0] if row else None}


def list_jobs(db: Connection, **filters: Any) -> list[Record]:
    """The jobs with these column values, oldest first. None: any value."""
    asked = {name: value for name, value in filters.items() if value is not None}
    where = " AND ".join(f"{name} = :{name}" for name in asked) or "1"
    sql = f"SELECT {_COLUMN_LIST} FROM procrastinate_jobs WHERE {where} ORDER BY id"  # noqa: S608 - column names
    return [_record(row) for row in db.execute(sql, asked)]


def list_jobs_to_abort(db: Connection, queue_name: str | None) -> list[Record]:
    """The running jobs that were asked to stop."""
    return [{"id": job["id"]} for job in list_jobs(db, status="doing", abort_requested=1, queue_name=queue_name)]


def count_jobs_status(db: Connection) -> list[Record]:
    """How many jobs have each status."""
    rows = db.execute("SELECT status, count(*) FROM procrastinate_jobs GROUP BY status")
    return [{"status": status, "count": count} for status, count in rows]


def delete_old_jobs(db: Connection, nb_hours: float, queue: str | None, statuses: Sequence[str]) -> None:
    """Forget jobs that ended longer ago."""
    db.execute(
        "DELETE FROM procrastinate_jobs WHERE status IN (SELECT value FROM json_each(?)) AND finished_at < ?"
        " AND (? IS NULL OR queue_name = ?)",
        (json.dumps(list(statuses)), time.time() - nb_hours * 3600, queue, queue),
    )


def register_worker(db: Connection) -> Record:
    """A new worker's id."""
    return {
        "worker_id": db.execute(
            "INSERT INTO procrastinate_workers(last_heartbeat) VALUES (?)", (time.time(),)
        ).lastrowid
    }


def unregister_worker(db: Connection, worker_id: int) -> None:
    """Forget a worker; what it still had is nobody's."""
    db.execute("DELETE FROM procrastinate_workers WHERE id = ?", (worker_id,))


def update_heartbeat(db: Connection, worker_id: int) -> None:
    """A worker says that it lives."""
    db.execute("UPDATE procrastinate_workers SET last_heartbeat = ? WHERE id = ?", (time.time(), worker_id))


def stalled_jobs(db: Connection, live: Iterable[int], queue: str | None, task_name: str | None) -> list[Record]:
    """The running jobs of workers that do not live in this process, the only one that uses the file.

    No clock is asked: it may jump.
    """
    running = list_jobs(db, status="doing", queue_name=queue, task_name=task_name)
    known = set(live)
    return [job for job in running if job["worker_id"] not in known]


def prune_workers(db: Connection, live: Iterable[int]) -> list[Record]:
    """Forget the workers that do not live in this process."""
    rows = db.execute(
        "DELETE FROM procrastinate_workers WHERE id NOT IN (SELECT value FROM json_each(?)) RETURNING id",
        (json.dumps(list(live)),),
    )
    return [{"worker_id": row[0]} for row in rows.fetchall()]


def _not_offered(_db: Connection, **_values: object) -> list[Record]:
    raise sqlite3.NotSupportedError("the embedded store does not offer this query")


def _check_connection(db: Connection) -> Record:
    row = db.execute("SELECT name FROM sqlite_master WHERE name = 'procrastinate_jobs'").fetchone()
    return {"check": row[0] if row else None}


def _insert_job(db: Connection, job: JobToDefer) -> int:
    cursor = db.execute(
        "INSERT INTO procrastinate_jobs(queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            job.queue_name,
            job.task_name,
            job.priority,
            job.lock,
            job.queueing_lock,
            json.dumps(job.args),
            _epoch(job.scheduled_at),
        ),
    )
    return cursor.lastrowid or 0


def _record(row: Sequence[Any]) -> Record:
    record = dict(zip(COLUMNS, row, strict=True))
    record["args"] = json.loads(record["args"])
    record["abort_requested"] = bool(record["abort_requested"])
    due = record["scheduled_at"]
    record["scheduled_at"] = None if due is None else dt.datetime.fromtimestamp(due, dt.UTC)
    return record


def _epoch(moment: dt.datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _require(count: int, otherwise: str) -> None:
    if not count:
        raise sqlite3.OperationalError(otherwise)


QUERIES: dict[str, Callable[..., Any]] = {
    "defer_jobs": defer_jobs,
    "defer_periodic_job": defer_periodic_job,
    "fetch_job": fetch_job,
    "finish_job": finish_job,
    "retry_job": retry_job,
    "cancel_job": cancel_job,
    "get_job_status": get_job_status,
    "list_jobs": list_jobs,
    "list_jobs_to_abort": list_jobs_to_abort,
    "count_jobs_status": count_jobs_status,
    "delete_old_jobs": delete_old_jobs,
    "register_worker": register_worker,
    "unregister_worker": unregister_worker,
    "update_heartbeat": update_heartbeat,
    "select_stalled_jobs_by_heartbeat": stalled_jobs,
    "prune_stalled_workers": prune_workers,
    "check_connection": _check_connection,
    "select_stalled_jobs_by_started": _not_offered,
    "listen_queue": _not_offered,
    "list_queues": _not_offered,
    "list_tasks": _not_offered,
    "list_locks": _not_offered,
}
