"""Which jobs of a pipeline are done before another one starts."""

from __future__ import annotations

from bot.core.ci.model import Answer, Job, Pipeline, RunsIn


def jobs_before(pipeline: Pipeline, job: Job) -> tuple[Job, ...]:
    """Return the jobs that are done when a job starts: those it needs, else all of earlier stages."""
    if job.needs is None:
        return tuple(other for other in pipeline.jobs if _stage(pipeline, other) < _stage(pipeline, job))
    found: dict[str, Job] = {}
    waiting = list(job.needs)
    while waiting:
        needed = pipeline.job(waiting.pop())
        if needed is None or needed.name in found:
            continue
        found[needed.name] = needed
        waiting += (
            needed.needs if needed.needs is not None else [one.name for one in jobs_before(pipeline, needed)]
        )
    return tuple(found.values())


def _stage(pipeline: Pipeline, job: Job) -> int:
    if job.stage_name in {".pre", ".post"}:
        return -1 if job.stage_name == ".pre" else len(pipeline.stages)
    return pipeline.stages.index(job.stage_name) if job.stage_name in pipeline.stages else len(pipeline.stages)


def run_together(one: Job, other: Job) -> bool:
    """Whether there is a kind of pipeline that certainly holds both jobs."""
    return any(first is Answer.YES is second for first, second in zip(_kinds(one), _kinds(other), strict=True))


def _kinds(job: Job) -> tuple[Answer, ...]:
    runs: RunsIn = job.runs_in
    return (runs.merge_requests, runs.branches, runs.default_branch, runs.tags)
