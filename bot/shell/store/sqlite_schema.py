"""The tables of the queue engine on SQLite, as its PostgreSQL schema has them.

Times are seconds since the epoch. The engine's table of events is left out: nothing that the bot uses reads it.
"""

from __future__ import annotations

ENGINE_TABLES = """
CREATE TABLE procrastinate_workers(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    last_heartbeat REAL NOT NULL
);
CREATE TABLE procrastinate_jobs(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue_name TEXT NOT NULL,
    task_name TEXT NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    lock TEXT,
    queueing_lock TEXT,
    args TEXT NOT NULL DEFAULT '{}',
    status TEXT NOT NULL DEFAULT 'todo',
    scheduled_at REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    abort_requested INTEGER NOT NULL DEFAULT 0,
    worker_id INTEGER REFERENCES procrastinate_workers(id) ON DELETE SET NULL,
    finished_at REAL
);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs(queueing_lock)
    WHERE status = 'todo';
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs(lock) WHERE status = 'doing';
CREATE INDEX procrastinate_jobs_waiting ON procrastinate_jobs(priority DESC, id) WHERE status = 'todo';
CREATE INDEX procrastinate_jobs_lanes ON procrastinate_jobs(lock, id) WHERE status IN ('todo', 'doing');
CREATE INDEX procrastinate_jobs_status ON procrastinate_jobs(status);
CREATE TABLE procrastinate_periodic_defers(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_name TEXT NOT NULL,
    defer_timestamp INTEGER NOT NULL,
    periodic_id TEXT NOT NULL DEFAULT '',
    UNIQUE(task_name, periodic_id, defer_timestamp)
);
"""
