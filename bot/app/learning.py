"""What the logs of green runs teach, read only where a review had use for it.

A review names the jobs; the next green pipelines are read for them until a few runs are known. So most projects
cost nothing, and no review waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

import msgspec

from bot.app.log_stream import read_log
from bot.app.past_runs import PastRun, past_runs, remember_lines, remember_run, usual_lines
from bot.app.ports import Done, ForgeJob, NotFoundError, Outcome, Services
from bot.core.check import Report
from bot.core.green_run import read_green_run
from bot.core.job_name import as_written
from bot.core.render.contents import Failure

_LOGS_OF_A_PIPELINE = 4
_WANTED_JOBS = 20
_KEEP_S = 14 * 86400.0
_COSTLY = "uncached-install"  # its message says what the install costs


async def want_green_runs(
    services: Services, project_id: int, report: Report, failures: Sequence[Failure]
) -> None:
    """Remember the jobs whose green runs would have made this review say more.

    That are those whose installation is judged, and those whose failure no cause explains.
    """
    costly = {finding.job for finding in report.findings if finding.rule == _COSTLY and finding.job}
    unexplained = {as_written(job.name) for one in failures if one.diagnosis is None for job in one.jobs}
    names = sorted(costly | unexplained)
    known = await past_runs(services, project_id)
    if not any(known.needs(name) for name in names):
        return
    wanted = await _wanted(services, project_id)
    if not set(names) <= set(wanted):
        both = list(dict.fromkeys((*names, *wanted)))[:_WANTED_JOBS]
        await services.memory.set(_key(project_id), msgspec.json.encode(both).decode(), keep_s=_KEEP_S)


async def learn(services: Services, project_id: int, pipeline_id: int) -> Outcome:
    """Read some logs of a green pipeline for what is wanted of them."""
    known = await past_runs(services, project_id)
    names = [name for name in await _wanted(services, project_id) if known.needs(name)]
    if not names:
        return Done("nothing is wanted of green runs")
    jobs = await services.forge.jobs(project_id, pipeline_id, failed=False, retried=False)
    green = {as_written(job.name): job for job in jobs if job.status == "success" and not known.knows(job.id)}
    chosen = {name: green[name] for name in names if name in green}
    for name, job in islice(chosen.items(), _LOGS_OF_A_PIPELINE):
        await _learn_from(services, project_id, name, job)
    return Done(f"learned from {min(len(chosen), _LOGS_OF_A_PIPELINE)} green jobs")


async def _learn_from(services: Services, project_id: int, name: str, job: ForgeJob) -> None:
    usual = await usual_lines(services, project_id, name)
    try:
        lesson = await read_log(services, project_id, job.id, partial(read_green_run, before=usual))
    except NotFoundError:
        return
    await remember_lines(services, project_id, name, lesson.baseline)
    run = PastRun(job.id, services.clock.now(), lesson.install_time, green=True)
    await remember_run(services, project_id, name, run)


async def _wanted(services: Services, project_id: int) -> list[str]:
    kept = await services.memory.get(_key(project_id))
    return msgspec.json.decode(kept, type=list[str]) if kept else []


def _key(project_id: int) -> str:
    return f"wanted:{project_id}"
