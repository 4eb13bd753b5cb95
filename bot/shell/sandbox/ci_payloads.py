"""The bodies of pipeline and job webhooks, with the quirks of GitLab's builders."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.shell.sandbox.payloads import (
    PRIVATE_EMAIL,
    commit_block,
    merge_request_attributes,
    project_block,
    repository_block,
    stamp,
    user_block,
)
from bot.shell.sandbox.repository import Commit
from bot.shell.sandbox.state import Job, Json, Pipeline, Project, World


def iso(time: float | None) -> str | None:
    """The second time format of job hooks."""
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def pipeline(world: World, project: Project, pipeline: Pipeline) -> Json:
    """Pipeline Hook: ``ref`` is the branch, builds are the latest attempts, branch pipelines name no request."""
    commit = project.repository.commits[pipeline.sha]
    latest = [job for job in pipeline.jobs if not job.retried]
    attributes = {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "name": None,
        "ref": pipeline.ref,
        "tag": False,
        "sha": pipeline.sha,
        "before_sha": pipeline.before_sha,
        "source": pipeline.source,
        "status": pipeline.status,
        "detailed_status": _detailed_status(pipeline.status, latest),
        "stages": list(dict.fromkeys(job.stage for job in latest)),
        "created_at": stamp(pipeline.created_at),
        "finished_at": stamp(pipeline.finished_at),
        "duration": pipeline.duration_s,
        "queued_duration": None,
        "protected_ref": pipeline.ref in project.protections,
        "variables": [],
        "url": f"{world.base_url}/{project.path}/-/pipelines/{pipeline.id}",
    }
    return {
        "object_kind": "pipeline",
        "object_attributes": attributes,
        "merge_request": _pipeline_request(world, pipeline),
        "user": user_block(pipeline.user),
        "project": project_block(world, project, backward=False),
        "commit": commit_block(world, project, commit),
        "builds": [_build(pipeline, job) for job in latest],
    }


def _detailed_status(status: str, jobs: list[Job]) -> str:
    if status != "success":
        return status
    return "passed with warnings" if any(job.status == "failed" for job in jobs) else "passed"


def _pipeline_request(world: World, pipeline: Pipeline) -> Json | None:
    request = pipeline.merge_request
    if request is None:
        return None
    attributes = merge_request_attributes(world, request)
    names = "id iid title source_branch source_project_id target_branch target_project_id state merge_status"
    return {name: attributes[name] for name in [*names.split(), "detailed_merge_status", "url"]}


def _build(pipeline: Pipeline, job: Job) -> Json:
    return {
        "id": job.id,
        "stage": job.stage,
        "name": job.name,
        "status": job.status,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.created_at),
        "finished_at": stamp(job.finished_at),
        "duration": job.duration_s,
        "queued_duration": 1.9,
        "failure_reason": job.failure_reason or None,
        "when": "on_success",
        "manual": False,
        "allow_failure": job.allow_failure,
        "user": user_block(pipeline.user),
        "runner": runner_block(),
        "artifacts_file": {"filename": None, "size": None},
        "environment": None,
    }


def runner_block() -> Json:
    """The one runner of the simulated instance."""
    return {
        "id": 5,
        "description": "docker-1",
        "runner_type": "instance_type",
        "active": True,
        "is_shared": True,
        "tags": ["docker"],
    }


def job(world: World, project: Project, pipeline: Pipeline, job: Job) -> Json:
    """Job Hook: its commit's id is the pipeline's, and a job that did not fail has an unknown failure."""
    commit = project.repository.commits[pipeline.sha]
    return {
        "object_kind": "build",
        "ref": pipeline.ref,
        "tag": False,
        "before_sha": pipeline.before_sha,
        "sha": pipeline.sha,
        "retries_count": sum(other.name == job.name and other.retried for other in pipeline.jobs),
        "build_id": job.id,
        "build_name": job.name,
        "build_stage": job.stage,
        "build_status": job.status,
        "build_created_at": stamp(job.created_at),
        "build_started_at": stamp(job.created_at),
        "build_finished_at": stamp(job.finished_at),
        "build_created_at_iso": iso(job.created_at),
        "build_started_at_iso": iso(job.created_at),
        "build_finished_at_iso": iso(job.finished_at),
        "build_duration": job.duration_s,
        "build_queued_duration": 1.9,
        "build_allow_failure": job.allow_failure,
        "build_failure_reason": job.failure_reason or "unknown_failure",
        "pipeline_id": pipeline.id,
        "runner": runner_block(),
        "project_id": project.id,
        "project_name": project.path.replace("/", " / "),
        "user": user_block(pipeline.user),
        "commit": _job_commit(pipeline, commit),
        "repository": repository_block(world, project),
        "project": project_block(world, project, backward=False),
        "environment": None,
    }


def _job_commit(pipeline: Pipeline, commit: Commit) -> Json:
    return {
        "id": pipeline.id,
        "name": None,
        "sha": commit.sha,
        "message": commit.message,
        "author_name": commit.author.name,
        "author_email": PRIVATE_EMAIL,
        "author_url": None,
        "status": pipeline.status,
        "duration": pipeline.duration_s,
        "started_at": stamp(pipeline.created_at),
        "finished_at": stamp(pipeline.finished_at),
    }
