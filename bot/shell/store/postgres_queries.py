"""The queue engine's queries that would trust a clock, rewritten: those of hosts and server may differ and jump.

Upstream takes a worker for dead by the age of its heartbeat, so that a jump of the server's clock makes all of
them dead, or none for hours; and the host that retries says when, by its own clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, LiteralString

from procrastinate import sql, utils

# How long each heartbeat has stood still, added up look by look. A jump counts at most as a part of the patience.
_LOOK = """
WITH looked AS (
    INSERT INTO scansion_watch(worker_id, heartbeat, unchanged_s, looked_at)
    SELECT id, last_heartbeat, 0, now() FROM procrastinate_workers FOR KEY SHARE
    ON CONFLICT (worker_id) DO UPDATE SET
        unchanged_s = CASE WHEN scansion_watch.heartbeat = excluded.heartbeat
            THEN scansion_watch.unchanged_s + greatest(0, least(
                extract(epoch FROM now() - scansion_watch.looked_at), %(seconds_since_heartbeat)s / 2.0))
            ELSE 0 END,
        heartbeat = excluded.heartbeat,
        looked_at = now()
    RETURNING worker_id, unchanged_s
)
SELECT job.id, status, task_name, priority, lock, queueing_lock,
       args, scheduled_at, queue_name, attempts, job.worker_id
  FROM procrastinate_jobs job
  LEFT JOIN looked ON looked.worker_id = job.worker_id
 WHERE job.status = 'doing'
   AND (%(queue)s::varchar IS NULL OR job.queue_name = %(queue)s)
   AND (%(task_name)s::varchar IS NULL OR job.task_name = %(task_name)s)
   AND (job.worker_id IS NULL OR looked.unchanged_s >= %(seconds_since_heartbeat)s)
"""
_PRUNE = """
DELETE FROM procrastinate_workers
 WHERE id IN (SELECT worker_id FROM scansion_watch WHERE unchanged_s >= %(seconds_since_heartbeat)s)
RETURNING id AS worker_id
"""

# Whoever sets a time tells how late it is by then: a clock may go ahead and back again between two looks at it.
TELL_THE_TIME: LiteralString = """
INSERT INTO scansion_memory(key, value, expires_at)
VALUES ('clock', extract(epoch FROM now())::text, extract(epoch FROM now()) + 365 * 86400)
ON CONFLICT (key) DO UPDATE SET
    value = greatest(scansion_memory.value::float8, excluded.value::float8)::text, expires_at = excluded.expires_at
"""
_RETRY: LiteralString = "WITH told AS (" + TELL_THE_TIME + ") " + sql.queries["retry_job"]

OURS: Mapping[str, LiteralString] = {
    sql.queries["select_stalled_jobs_by_heartbeat"]: _LOOK,
    sql.queries["prune_stalled_workers"]: _PRUNE,
    sql.queries["retry_job"]: _RETRY.replace("%(retry_at)s", "now() + %(pause)s"),
}


def with_pause(arguments: dict[str, Any]) -> dict[str, Any]:
    """Add how long it is until a retry, by the clock that said when."""
    retry_at = arguments.get("retry_at")
    if not isinstance(retry_at, dt.datetime):
        return arguments
    return {**arguments, "pause": max(dt.timedelta(0), retry_at - utils.utcnow())}
