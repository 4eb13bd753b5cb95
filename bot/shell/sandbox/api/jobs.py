"""Jobs and their logs."""

from __future__ import annotations

from bot.shell.sandbox import ci_views, pipelines
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, ok
from bot.shell.sandbox.state import DEVELOPER, REPORTER, Job, Pipeline


def _found(call: Call) -> tuple[Pipeline, Job]:
    number = call.params["job"]
    found = pipelines.find_job(call.project, int(number)) if number.isdigit() else None
    if found is None:
        raise not_found()
    return found


def _show(call: Call) -> Answer:
    return ok(ci_views.job(call.world, call.project, *_found(call)))


def _trace(call: Call) -> Answer:
    _pipeline, job = _found(call)
    if job.trace is None:
        raise not_found()
    headers = {"Content-Type": "text/plain", "Content-Disposition": f'infile; filename="{job.id}.log"'}
    return Answer(job.trace, 200, headers)


def _retry(call: Call) -> Answer:
    pipeline, job = _found(call)
    again = pipelines.retry(call.world, call.project, pipeline, job)
    return created(ci_views.job(call.world, call.project, pipeline, again))


_ONE = "/projects/{project}/jobs/{job}"

ROUTES = (
    Route(method="GET", path=_ONE, handler=_show),
    Route(method="GET", path=f"{_ONE}/trace", handler=_trace, level=REPORTER),
    Route(method="POST", path=f"{_ONE}/retry", handler=_retry, level=DEVELOPER),
)
