"""Pipelines."""

from __future__ import annotations

from bot.shell.sandbox import ci_views, pipelines
from bot.shell.sandbox.errors import ApiError, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, ok, paged
from bot.shell.sandbox.state import DEVELOPER, Pipeline
from bot.shell.sandbox.views import iso


def _found(call: Call) -> Pipeline:
    found = next((p for p in call.project.pipelines if str(p.id) == call.params["pipeline"]), None)
    if found is None:
        raise not_found("Pipeline")
    return found


def _show(call: Call) -> Answer:
    return ok(ci_views.pipeline(call.world, call.project, _found(call)))


def _list(call: Call) -> Answer:
    found = [pipeline for pipeline in call.project.pipelines[::-1] if _wanted(call, pipeline)]
    return paged(call, found, lambda pipeline: ci_views.pipeline_line(call.world, call.project, pipeline))


def _wanted(call: Call, pipeline: Pipeline) -> bool:
    line = ci_views.pipeline_line(call.world, call.project, pipeline)
    exact = all(line[name] == call.args[name] for name in ("ref", "sha", "status", "source") if name in call.args)
    return exact and str(iso(pipeline.updated_at)) > str(call.args.get("updated_after", ""))


def _create(call: Call) -> Answer:
    project, ref = call.project, str(call.args["ref"])
    if ref not in project.repository.branches:
        raise ApiError(400, {"message": {"base": ["Reference not found"]}})
    pipeline = pipelines.start(call.world, project, ref, call.user, source="api")
    if pipeline is None:
        raise ApiError(400, {"message": {"base": ["The resulting pipeline would have been empty."]}})
    return created(ci_views.pipeline(call.world, project, pipeline))


def _retry(call: Call) -> Answer:
    pipeline = _found(call)
    for job in [job for job in pipeline.jobs if job.status == "failed" and not job.retried]:
        pipelines.retry(call.world, call.project, pipeline, job)
    return created(ci_views.pipeline(call.world, call.project, pipeline))


def _jobs(call: Call) -> Answer:
    pipeline = _found(call)
    scope = call.args.get("scope")
    retried = call.args.get("include_retried", False)
    jobs = [job for job in pipeline.jobs[::-1] if retried or not job.retried]
    jobs = [job for job in jobs if scope is None or job.status in scope]
    return paged(call, jobs, lambda job: ci_views.job(call.world, call.project, pipeline, job))


def _bridges(call: Call) -> Answer:
    _found(call)
    return Answer([])


_ALL = "/projects/{project}/pipelines"
_ONE = f"{_ALL}/{{pipeline}}"
_FILTERS = {"ref": str, "sha": str, "status": str, "source": str, "updated_after": str}

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, takes=_FILTERS, paged=True),
    Route(
        method="POST",
        path="/projects/{project}/pipeline",
        handler=_create,
        takes={"ref": str},
        required=("ref",),
        level=DEVELOPER,
    ),
    Route(method="GET", path=_ONE, handler=_show),
    Route(method="POST", path=f"{_ONE}/retry", handler=_retry, level=DEVELOPER),
    Route(
        method="GET",
        path=f"{_ONE}/jobs",
        handler=_jobs,
        takes={"scope": list, "include_retried": bool},
        paged=True,
    ),
    Route(method="GET", path=f"{_ONE}/bridges", handler=_bridges, paged=True),
)
