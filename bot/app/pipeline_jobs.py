"""The jobs of a pipeline, asked for once as long as the pipeline does not change."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import msgspec

from bot.app.ports import ForgeJob, Services

_KEEP_S = 14 * 86400.0


async def read_jobs(
    services: Services, project_id: int, pipeline_id: int, updated_at: str = ""
) -> tuple[ForgeJob, ...]:
    """Return every attempt of every job. Without knowing when the pipeline changed last, it is asked anew."""
    key = f"jobs:{project_id}:{pipeline_id}:{updated_at}"
    kept = await services.memory.get(key) if updated_at else None
    if kept is not None:
        return msgspec.json.decode(kept, type=tuple[ForgeJob, ...])
    jobs = tuple(await services.forge.jobs(project_id, pipeline_id, failed=False, retried=True))
    if updated_at:
        with suppress(UnicodeEncodeError):  # a name that is no text is not worth remembering
            await services.memory.set(key, msgspec.json.encode(jobs).decode(), keep_s=_KEEP_S)
    return jobs


def last_attempts(jobs: Iterable[ForgeJob]) -> list[ForgeJob]:
    """Return the attempt of each job that counts, in the order of the pipeline."""
    return list({job.name: job for job in sorted(jobs, key=lambda job: job.id)}.values())
