"""The store's tables, version by version. A released version never changes; a new one is appended.

Version 1 contains the queue engine's own tables (Procrastinate's schema as of 3.4, unchanged up to 3.10).
Statements run in order, all versions that are missing in one transaction.
"""

from __future__ import annotations

from bot.shell.store.sqlite_schema import ENGINE_TABLES

VERSION_TABLE = "CREATE TABLE IF NOT EXISTS scansion_schema(version INTEGER NOT NULL)"

_OWN_TABLES = """
CREATE TABLE scansion_delivery(
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    summary TEXT NOT NULL,
    items INTEGER NOT NULL,
    received_at {real} NOT NULL
);
CREATE INDEX scansion_delivery_received_at ON scansion_delivery(received_at);
CREATE TABLE scansion_key(
    key TEXT PRIMARY KEY,
    seen_at {real} NOT NULL
);
CREATE INDEX scansion_key_seen_at ON scansion_key(seen_at);
CREATE TABLE scansion_outcome(
    job_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    outcome TEXT NOT NULL,
    remark TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    ended_at {real} NOT NULL,
    seconds {real} NOT NULL
);
CREATE INDEX scansion_outcome_job ON scansion_outcome(job_id);
CREATE INDEX scansion_outcome_ended_at ON scansion_outcome(ended_at);
CREATE TABLE scansion_memory(
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    expires_at {real} NOT NULL
);
"""

# Upstream wakes a worker when a job is added, not when the job before it in its lock ends.
_WAKE_NEXT_OF_LANE = """
CREATE INDEX scansion_jobs_waiting ON procrastinate_jobs(lock, id) WHERE status = 'todo';
CREATE FUNCTION scansion_lane_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    gone procrastinate_jobs := OLD;
BEGIN
    IF EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = gone.lock AND status = 'todo') THEN
        PERFORM pg_notify('procrastinate_queue_v1#' || gone.queue_name,
            json_build_object('type', 'job_inserted', 'job_id', gone.id)::text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER scansion_lane_free_on_update AFTER UPDATE OF status ON procrastinate_jobs FOR EACH ROW
    WHEN (OLD.status = 'doing' AND NEW.status <> 'doing' AND NEW.lock IS NOT NULL)
    EXECUTE PROCEDURE scansion_lane_free();
CREATE TRIGGER scansion_lane_free_on_delete AFTER DELETE ON procrastinate_jobs FOR EACH ROW
    WHEN (OLD.status = 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE PROCEDURE scansion_lane_free();
"""

# How long the heartbeat of each worker has stood still, whatever the clock says.
_WATCH = """
CREATE TABLE scansion_watch(
    worker_id BIGINT PRIMARY KEY REFERENCES procrastinate_workers(id) ON DELETE CASCADE,
    heartbeat TIMESTAMPTZ NOT NULL,
    unchanged_s DOUBLE PRECISION NOT NULL,
    looked_at TIMESTAMPTZ NOT NULL
);
"""

SQLITE = (ENGINE_TABLES + _OWN_TABLES.format(real="REAL"),)
POSTGRES = (_OWN_TABLES.format(real="DOUBLE PRECISION") + _WAKE_NEXT_OF_LANE, _WATCH)


def missing(versions: tuple[str, ...], current: int) -> tuple[str, ...]:
    """The versions that a store of this version lacks. Raises ValueError for a store of a newer bot."""
    if current > len(versions):
        raise ValueError(
            f"the store has version {current}, made by a newer Scansion; this one knows {len(versions)}: "
            "upgrade it, or restore the backup from before the upgrade"
        )
    return versions[current:]
