"""Start failed jobs again, where that can help.

What it does
------------
Retries failed jobs whose reason is no change of yours: infrastructure, or a job that fails now and then.
A job that would fail again the same way is not retried, and the answer says why; `--force` retries it anyway.

In use
------
`/scansion retry`

`/scansion retry test --force`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request
from bot.app.ports import ForgeJob
from bot.app.reconcile import look
from bot.core.diagnosis import Fault
from bot.core.render.contents import Failure
from bot.core.render.inert import code, prose
from bot.core.render.secrets import scrub

FORCE = "--force"


async def run(request: Request) -> Answer:
    """Choose the jobs, start them, and wait for the pipeline's end."""
    looked = await look(request.services, *request.address)
    pipeline = looked.scene.request.head_pipeline_id
    name = " ".join(word for word in request.words if word != FORCE)
    if pipeline is None:
        return Answer(text="No pipeline has run for the head of this merge request.")
    forge, project_id = request.services.forge, request.merge_request.project_id
    failed = await forge.jobs(project_id, pipeline, failed=True, retried=False)
    chosen = [job for job in failed if name in ("", job.name)]
    helped, refused = _sorted_out(chosen, looked.judgement.failures, forced=FORCE in request.words)
    for job in helped:
        await forge.retry_job(project_id, job.id)
    lines = [f"Started again: {', '.join(code(job.name, 60) for job in helped)}."] if helped else []
    lines += refused
    return Answer(text="\n".join(lines or [_none(name)]), pipeline=pipeline if helped else 0)


def _sorted_out(
    jobs: list[ForgeJob], failures: tuple[Failure, ...], *, forced: bool
) -> tuple[list[ForgeJob], list[str]]:
    helped: list[ForgeJob] = []
    refused: list[str] = []
    for job in jobs:
        reason = next((item for item in failures if any(one.name == job.name for one in item.jobs)), None)
        if forced or (reason is not None and _may_help(reason)):
            helped.append(job)
        else:
            refused.append(_refusal(job, reason))
    return helped, refused


def _may_help(reason: Failure) -> bool:
    infrastructure = reason.diagnosis is not None and reason.diagnosis.infrastructure
    return infrastructure or reason.fault in (Fault.FLAKY, Fault.INFRASTRUCTURE)


def _refusal(job: ForgeJob, reason: Failure | None) -> str:
    why = prose(scrub(reason.diagnosis.message)) if reason and reason.diagnosis else "no known cause explains it."
    return f"{code(job.name, 60)} would most likely fail again: {why} `/scansion retry {FORCE}` starts it anyway."


def _none(name: str) -> str:
    return (
        f"The newest pipeline has no failed job {code(scrub(name), 60)}."
        if name
        else "No failed job is left to retry."
    )


COMMAND = Command(id="retry", usage="[JOB] [--force]", run=run)
