"""What the REST API shows of pipelines, jobs, packages, statuses and hooks."""

from __future__ import annotations

from bot.shell.sandbox import ci_payloads, views
from bot.shell.sandbox.state import CommitStatus, Hook, Job, Json, Package, PackageFile, Pipeline, Project, World

HOOK_EVENTS = (
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "pipeline_events",
    "job_events",
    "note_events",
    "confidential_note_events",
    "issues_events",
    "confidential_issues_events",
    "emoji_events",
    "releases_events",
    "milestone_events",
    "deployment_events",
    "feature_flag_events",
    "wiki_page_events",
    "resource_access_token_events",
    "repository_update_events",
    "vulnerability_events",
)


def pipeline_line(world: World, project: Project, pipeline: Pipeline) -> Json:
    """A pipeline as lists have it: merge request pipelines have a ref of their own."""
    request = pipeline.merge_request
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": project.id,
        "sha": pipeline.sha,
        "ref": f"refs/merge-requests/{request.iid}/head" if request else pipeline.ref,
        "status": pipeline.status,
        "source": pipeline.source,
        "created_at": views.iso(pipeline.created_at),
        "updated_at": views.iso(pipeline.updated_at),
        "web_url": f"{world.base_url}/{project.path}/-/pipelines/{pipeline.id}",
    }


def pipeline(world: World, project: Project, pipeline: Pipeline) -> Json:
    """A pipeline by itself."""
    return pipeline_line(world, project, pipeline) | {
        "before_sha": pipeline.before_sha,
        "tag": False,
        "yaml_errors": pipeline.yaml_errors or None,
        "user": views.user(world, pipeline.user),
        "started_at": views.iso(pipeline.created_at),
        "finished_at": views.iso(pipeline.finished_at),
        "committed_at": None,
        "duration": pipeline.duration_s,
        "queued_duration": 1,
        "coverage": None,
        "name": None,
        "detailed_status": {"text": pipeline.status, "label": pipeline.status, "group": pipeline.status},
    }


def job(world: World, project: Project, pipeline: Pipeline, job: Job) -> Json:
    """A job."""
    commit = project.repository.commits[pipeline.sha]
    return {
        "id": job.id,
        "name": job.name,
        "stage": job.stage,
        "status": job.status,
        "ref": pipeline.ref,
        "tag": False,
        "coverage": None,
        "allow_failure": job.allow_failure,
        "archived": False,
        "created_at": views.iso(job.created_at),
        "started_at": views.iso(job.created_at),
        "finished_at": views.iso(job.finished_at),
        "erased_at": None,
        "duration": job.duration_s,
        "queued_duration": 1.9,
        **({"failure_reason": job.failure_reason} if job.failure_reason else {}),
        "user": views.user(world, pipeline.user),
        "commit": views.commit(world, project, commit),
        "pipeline": pipeline_line(world, project, pipeline),
        "project": {"ci_job_token_scope_enabled": True},
        "artifacts": [],
        "artifacts_expire_at": None,
        "runner": ci_payloads.runner_block(),
        "runner_manager": None,
        "tag_list": [],
        "web_url": f"{world.base_url}/{project.path}/-/jobs/{job.id}",
    }


def package(project: Project, package: Package, *, in_group: bool) -> Json:
    """A package version; a group's list also says where it is."""
    place = {"project_id": project.id, "project_path": project.path} if in_group else {}
    return {
        "id": package.id,
        "name": package.name,
        "version": package.version,
        "package_type": package.kind,
        "status": package.status,
        "_links": {"web_path": f"/{project.path}/-/packages/{package.id}"},
        "created_at": views.iso(package.created_at),
        "last_downloaded_at": None,
        "tags": [],
        **place,
    }


def package_file(package: Package, file: PackageFile) -> Json:
    """A file of a package version."""
    return {
        "id": file.id,
        "package_id": package.id,
        "created_at": views.iso(file.created_at),
        "file_name": file.name,
        "size": file.size,
        "file_md5": None,
        "file_sha1": None,
        "file_sha256": file.sha256,
    }


def status(world: World, status: CommitStatus) -> Json:
    """A commit status."""
    return {
        "id": status.id,
        "sha": status.sha,
        "ref": status.ref,
        "status": status.state,
        "name": status.name,
        "target_url": status.target_url or None,
        "description": status.description,
        "created_at": views.iso(status.created_at),
        "author": views.user(world, status.author),
        "allow_failure": False,
        "coverage": None,
    }


def hook(hook: Hook, project: Project | None = None) -> Json:
    """A webhook: its secrets are never shown, only whether it has them."""
    disabled = "disabled" if hook.disabled else "executable"
    return {
        "id": hook.id,
        "url": hook.url,
        "name": hook.settings.get("name"),
        "description": hook.settings.get("description"),
        **({"project_id": project.id} if project else {}),
        "created_at": views.iso(hook.created_at),
        **{event: event in hook.events for event in HOOK_EVENTS},
        "enable_ssl_verification": hook.settings.get("enable_ssl_verification", True),
        "push_events_branch_filter": hook.settings.get("push_events_branch_filter"),
        "branch_filter_strategy": hook.settings.get("branch_filter_strategy", "wildcard"),
        "alert_status": disabled,
        "disabled_until": views.iso(hook.disabled_until),
        "custom_headers": [],
        "custom_webhook_template": hook.settings.get("custom_webhook_template"),
        "url_variables": [],
        "token_present": bool(hook.token),
        "signing_token_present": bool(hook.signing_token),
    }
