-- An embedded store of schema version 1 with one piece of work, as `.dump` wrote it.
BEGIN TRANSACTION;
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
INSERT INTO "procrastinate_jobs" VALUES(1,'work','scansion.run',0,'mr:42:16',NULL,'{"kind": "review", "lane": "mr:42:16", "coalesce": "review", "payload": {"project_id": 42, "iid": 16}, "delivery": "seen-before", "added_at": 4000000000}','todo',NULL,3,0,NULL,NULL);
CREATE TABLE procrastinate_periodic_defers(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_name TEXT NOT NULL,
    defer_timestamp INTEGER NOT NULL,
    periodic_id TEXT NOT NULL DEFAULT '',
    UNIQUE(task_name, periodic_id, defer_timestamp)
);
CREATE TABLE procrastinate_workers(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    last_heartbeat REAL NOT NULL
);
CREATE TABLE scansion_delivery(
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    summary TEXT NOT NULL,
    items INTEGER NOT NULL,
    received_at REAL NOT NULL
);
INSERT INTO "scansion_delivery" VALUES('seen-before','merge-request','review mr:42:16',1,4000000000.0);
CREATE TABLE scansion_key(
    key TEXT PRIMARY KEY,
    seen_at REAL NOT NULL
);
INSERT INTO "scansion_key" VALUES('seen-before',4000000000.0);
CREATE TABLE scansion_memory(
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE scansion_outcome(
    job_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    outcome TEXT NOT NULL,
    remark TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    ended_at REAL NOT NULL,
    seconds REAL NOT NULL
);
CREATE TABLE scansion_schema(version INTEGER NOT NULL);
INSERT INTO "scansion_schema" VALUES(1);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate_jobs(queueing_lock)
    WHERE status = 'todo';
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate_jobs(lock) WHERE status = 'doing';
CREATE INDEX procrastinate_jobs_waiting ON procrastinate_jobs(priority DESC, id) WHERE status = 'todo';
CREATE INDEX procrastinate_jobs_lanes ON procrastinate_jobs(lock, id) WHERE status IN ('todo', 'doing');
CREATE INDEX procrastinate_jobs_status ON procrastinate_jobs(status);
CREATE INDEX scansion_delivery_received_at ON scansion_delivery(received_at);
CREATE INDEX scansion_key_seen_at ON scansion_key(seen_at);
CREATE INDEX scansion_outcome_job ON scansion_outcome(job_id);
CREATE INDEX scansion_outcome_ended_at ON scansion_outcome(ended_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('procrastinate_jobs',1);
COMMIT;
