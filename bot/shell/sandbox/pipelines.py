"""Pipelines: made for a commit by the scripted runner, run, retried."""

from __future__ import annotations

import yaml

from bot.shell.sandbox import ci_payloads
from bot.shell.sandbox.errors import ApiError
from bot.shell.sandbox.state import Job, JobRun, MergeRequest, Pipeline, Project, User, World

DEFAULT_CI_PATH = ".gitlab-ci.yml"
SKIP_MARKS = ("[skip ci]", "[ci skip]")
FINISHED = frozenset({"success", "failed", "canceled", "skipped"})


def _reference(loader: yaml.CSafeLoader, node: yaml.SequenceNode) -> list[object]:
    return list(loader.construct_sequence(node))


class CiLoader(yaml.CSafeLoader):
    """YAML with GitLab's `!reference`."""


CiLoader.add_constructor("!reference", _reference)


def yaml_error(content: bytes) -> str:
    """Return what is wrong with a CI file's YAML, empty for nothing."""
    try:
        documents = list(yaml.load_all(content, Loader=CiLoader))
    except yaml.YAMLError as error:
        return f"Invalid configuration format: {error}".replace("\n", " ")
    if not documents or not isinstance(documents[-1], dict):
        return "Invalid configuration format"
    return ""


def start(
    world: World, project: Project, branch: str, user: User, *, before: str = "", source: str = ""
) -> Pipeline | None:
    """Make the pipeline of a branch's head and, unless pipelines are slow here, run it at once."""
    head = project.repository.commits[project.repository.branches[branch]]
    if not source and any(mark in head.message for mark in SKIP_MARKS):
        return None
    content = head.tree.get(project.ci_config_path or DEFAULT_CI_PATH)
    if content is None:
        return None
    request = merge_request_of(world, project, branch)
    pipeline = _new(world, project, branch, user)
    pipeline.before_sha = before or pipeline.before_sha
    pipeline.source = source or ("merge_request_event" if request and project.merge_request_pipelines else "push")
    pipeline.merge_request = request if pipeline.source == "merge_request_event" else None
    pipeline.yaml_errors = yaml_error(content)
    if not _plan(world, project, pipeline, dict(head.tree)):
        return None
    project.pipelines.append(pipeline)
    tell(world, project, pipeline)
    if pipeline.status == "pending":
        world.later(lambda: run(world, project, pipeline))
    return pipeline


def _plan(world: World, project: Project, pipeline: Pipeline, files: dict[str, bytes]) -> bool:
    if pipeline.yaml_errors:
        pipeline.status, pipeline.finished_at = "failed", world.now()
        return True
    runs = world.runner(project, pipeline.ref, files)
    pipeline.jobs = [_job(world, run) for run in runs]
    pipeline.outcomes = {run.name: run for run in runs}
    return bool(runs)


def merge_request_of(world: World, project: Project, branch: str) -> MergeRequest | None:
    """Return the open merge request that a branch belongs to."""
    requests = [request for known in world.projects for request in known.merge_requests]
    return next(
        (r for r in requests if r.source_project is project and r.source_branch == branch and r.state == "opened"),
        None,
    )


def _new(world: World, project: Project, branch: str, user: User) -> Pipeline:
    now = world.now()
    return Pipeline(
        id=world.next_id(),
        iid=len(project.pipelines) + 1,
        sha=project.repository.branches[branch],
        ref=branch,
        source="push",
        user=user,
        created_at=now,
        updated_at=now,
        before_sha="0" * 40,
    )


def _job(world: World, run: JobRun) -> Job:
    return Job(
        id=world.next_id(),
        name=run.name,
        stage=run.stage,
        status="pending",
        created_at=world.now(),
        allow_failure=run.allow_failure,
    )


def run(world: World, project: Project, pipeline: Pipeline) -> None:
    """Run what waits in a pipeline, stage by stage; a failed stage skips those behind it."""
    if pipeline.status != "pending":
        return  # it was run by hand meanwhile
    pipeline.status = "running"
    tell(world, project, pipeline)
    broken = ""
    for job in [job for job in pipeline.jobs if not job.retried and job.status == "pending"]:
        if broken and job.stage != broken:
            job.status = "skipped"
            continue
        finish_job(world, project, pipeline, job, pipeline.outcomes[job.name])
        if job.status == "failed" and not job.allow_failure:
            broken = job.stage
    settle(world, project, pipeline)


def finish_job(world: World, project: Project, pipeline: Pipeline, job: Job, outcome: JobRun) -> None:
    """End one job as the runner says."""
    job.status, job.trace, job.duration_s = outcome.status, outcome.trace, outcome.duration_s
    job.failure_reason = (outcome.failure_reason or "script_failure") if outcome.status == "failed" else ""
    job.finished_at = world.now()
    world.emit(project, "job_events", ci_payloads.job(world, project, pipeline, job))


def settle(world: World, project: Project, pipeline: Pipeline) -> None:
    """Give a pipeline the status that its jobs make, and tell it."""
    latest = [job for job in pipeline.jobs if not job.retried]
    failed = any(job.status == "failed" and not job.allow_failure for job in latest)
    pipeline.status = "failed" if failed else "success"
    pipeline.finished_at = world.now()
    pipeline.duration_s = sum(job.duration_s or 0 for job in latest)
    tell(world, project, pipeline)


def tell(world: World, project: Project, pipeline: Pipeline) -> None:
    """Send the pipeline's webhook."""
    pipeline.updated_at = world.now()
    world.emit(project, "pipeline_events", ci_payloads.pipeline(world, project, pipeline))


def retry(world: World, project: Project, pipeline: Pipeline, job: Job) -> Job:
    """Start a finished job once more, as a new job of the same name."""
    if job.status not in FINISHED or job.retried:
        raise ApiError(403, {"message": "403 Forbidden - Job is not retryable"})
    job.retried = True
    outcome = pipeline.outcomes[job.name]
    again = _job(world, outcome)
    pipeline.jobs.append(again)
    pipeline.status = "running"
    tell(world, project, pipeline)
    world.later(lambda: _run_again(world, project, pipeline, again))
    return again


def _run_again(world: World, project: Project, pipeline: Pipeline, job: Job) -> None:
    finish_job(world, project, pipeline, job, pipeline.outcomes[job.name])
    settle(world, project, pipeline)


def find_job(project: Project, job_id: int) -> tuple[Pipeline, Job] | None:
    """Return a job by id, with its pipeline."""
    pairs = ((pipeline, job) for pipeline in project.pipelines for job in pipeline.jobs)
    return next(((pipeline, job) for pipeline, job in pairs if job.id == job_id), None)


def head_pipeline(request: MergeRequest) -> Pipeline | None:
    """Return the newest pipeline of a merge request's head."""
    found = [
        p for p in request.source_project.pipelines if p.sha == request.sha and p.ref == request.source_branch
    ]
    return found[-1] if found else None
