"""The bodies of webhooks, with the keys and the quirks that GitLab's builders give them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.shell.sandbox.repository import ZERO_SHA, Commit
from bot.shell.sandbox.state import Job, Json, MergeRequest, Note, Pipeline, Project, User, World

PRIVATE_EMAIL = "[REDACTED]"
STATE_IDS = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}
MAX_COMMITS = 20


def stamp(time: float | None) -> str | None:
    """The time format of most hook fields."""
    return None if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def iso(time: float | None) -> str | None:
    """The time format of the others."""
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def user_block(user: User) -> Json:
    """Who did it."""
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "avatar_url": None,
        "email": PRIVATE_EMAIL,
    }


def project_block(world: World, project: Project, *, backward: bool) -> Json:
    """The project; ``backward`` adds the old names of its addresses."""
    web = f"{world.base_url}/{project.path}"
    host = world.base_url.split("//", 1)[-1]
    ssh = f"git@{host}:{project.path}.git"
    block: Json = {
        "id": project.id,
        "name": project.name,
        "description": "",
        "web_url": web,
        "avatar_url": None,
        "git_ssh_url": ssh,
        "git_http_url": f"{web}.git",
        "namespace": project.namespace,
        "visibility_level": 20 if project.visibility == "public" else 0,
        "path_with_namespace": project.path,
        "default_branch": project.repository.default_branch,
        "ci_config_path": project.ci_config_path,
    }
    if backward:
        block |= {"homepage": web, "url": ssh, "ssh_url": ssh, "http_url": f"{web}.git"}
    return block


def repository_block(world: World, project: Project) -> Json:
    """The deprecated short form of the project."""
    block = project_block(world, project, backward=True)
    return {"name": project.name, "url": block["url"], "description": "", "homepage": block["homepage"]}


def commit_block(world: World, project: Project, commit: Commit) -> Json:
    """A commit."""
    return {
        "id": commit.sha,
        "message": commit.message,
        "title": commit.title,
        "timestamp": datetime.fromtimestamp(commit.time, UTC).isoformat(timespec="seconds"),
        "url": f"{world.base_url}/{project.path}/-/commit/{commit.sha}",
        "author": {"name": commit.author.name, "email": commit.author.email},
    }


def merge_request_attributes(world: World, request: MergeRequest) -> Json:
    """The attributes that merge request and note hooks share."""
    project, origin = request.target_project, request.source_project
    head = origin.repository.commits.get(request.sha)
    return {
        "id": request.id,
        "iid": request.iid,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "state_id": STATE_IDS[request.state],
        "author_id": request.author.id,
        "assignee_id": None,
        "assignee_ids": [],
        "reviewer_ids": [],
        "labels": [label_block(project, label) for label in request.labels],
        "milestone_id": None,
        "source_branch": request.source_branch,
        "target_branch": request.target_branch,
        "source_project_id": origin.id,
        "target_project_id": project.id,
        "source": project_block(world, origin, backward=True),
        "target": project_block(world, project, backward=True),
        "last_commit": commit_block(world, origin, head) if head else None,
        "draft": request.draft,
        "work_in_progress": request.draft,
        "merge_status": "checking" if request.preparing else "can_be_merged",
        "detailed_merge_status": "preparing" if request.preparing else "mergeable",
        "blocking_discussions_resolved": True,
        "first_contribution": False,
        "head_pipeline_id": None,
        "created_at": stamp(request.created_at),
        "updated_at": stamp(request.updated_at),
        "prepared_at": None if request.preparing else stamp(request.created_at),
        "url": f"{world.base_url}/{project.path}/-/merge_requests/{request.iid}",
    }


def label_block(project: Project, title: str) -> Json:
    """A label."""
    return {
        "id": sum(map(ord, title)),
        "title": title,
        "color": "#6699cc",
        "project_id": project.id,
        "type": "ProjectLabel",
    }


def merge_request(
    world: World, request: MergeRequest, user: User, *, action: str, oldrev: str = "", changes: Json | None = None
) -> Json:
    """Merge Request Hook. ``oldrev`` is there only when code changed; ``changes`` may be empty."""
    attributes = merge_request_attributes(world, request) | {
        "action": action,
        "actioned_at": stamp(request.updated_at),
        "system": False,
        "merge_error": None,
        "merge_params": {"force_remove_source_branch": "1"},
        "merge_user_id": None,
        "merge_when_pipeline_succeeds": False,
        "updated_by_id": user.id,
    }
    if oldrev:
        attributes["oldrev"] = oldrev
    return {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": user_block(user),
        "project": project_block(world, request.target_project, backward=True),
        "object_attributes": attributes,
        "labels": attributes["labels"],
        "changes": _hook_changes(request.target_project, changes or {}),
        "repository": repository_block(world, request.target_project),
    }


def _hook_changes(project: Project, changes: Json) -> Json:
    if "labels" not in changes:
        return changes
    sides = {side: [label_block(project, name) for name in names] for side, names in changes["labels"].items()}
    return changes | {"labels": sides}


def note(world: World, request: MergeRequest, note: Note, action: str) -> Json:
    """Note Hook of a comment on a merge request."""
    project = request.target_project
    url = f"{world.base_url}/{project.path}/-/merge_requests/{request.iid}#note_{note.id}"
    attributes: Json = {
        "id": note.id,
        "note": note.body,
        "description": note.body,
        "action": action,
        "type": note.kind,
        "noteable_type": "MergeRequest",
        "noteable_id": request.id,
        "author_id": note.author.id,
        "project_id": project.id,
        "discussion_id": note.discussion_id,
        "internal": False,
        "system": note.system,
        "attachment": None,
        "commit_id": None,
        "line_code": None,
        "position": note.position,
        "original_position": note.position,
        "change_position": None,
        "st_diff": None,
        "resolved_at": None,
        "resolved_by_id": note.resolved_by.id if note.resolved_by else None,
        "resolved_by_push": None,
        "created_at": stamp(note.created_at),
        "updated_at": stamp(note.updated_at),
        "updated_by_id": None,
        "url": url,
    }
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": user_block(note.author),
        "project_id": project.id,
        "project": project_block(world, project, backward=True),
        "repository": repository_block(world, project),
        "object_attributes": attributes,
        "merge_request": merge_request_attributes(world, request),
    }


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


def push(world: World, project: Project, user: User, branch: str, ends: tuple[str, str]) -> Json:
    """Push Hook; ``ends`` are the branch's commits before and after, zeros for none."""
    before, after = ends
    new = project.repository.between(before, after) if ZERO_SHA not in (after, before) else []
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": before,
        "after": after,
        "ref": f"refs/heads/{branch}",
        "ref_protected": branch in project.protections,
        "checkout_sha": None if after == ZERO_SHA else after,
        "message": None,
        "user_id": user.id,
        "user_name": user.name,
        "user_username": user.username,
        "user_email": None,
        "user_avatar": None,
        "project_id": project.id,
        "project": project_block(world, project, backward=True),
        "repository": repository_block(world, project),
        "commits": [_pushed_commit(world, project, commit) for commit in new[-MAX_COMMITS:]],
        "total_commits_count": len(new),
        "push_options": {},
    }


def _pushed_commit(world: World, project: Project, commit: Commit) -> Json:
    parent = project.repository.commits.get(commit.parents[0]) if commit.parents else None
    old, new = (parent.tree if parent else {}), commit.tree
    return commit_block(world, project, commit) | {
        "added": sorted(new.keys() - old.keys()),
        "modified": sorted(path for path in new.keys() & old.keys() if new[path] != old[path]),
        "removed": sorted(old.keys() - new.keys()),
    }
