"""The bodies of webhooks, with the keys and the quirks that GitLab's builders give them."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.shell.sandbox.repository import ZERO_SHA, Commit
from bot.shell.sandbox.state import Json, MergeRequest, Note, Project, User, World

PRIVATE_EMAIL = "[REDACTED]"
STATE_IDS = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}
MAX_COMMITS = 20


def stamp(time: float | None) -> str | None:
    """The time format of most hook fields."""
    return None if time is None else datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


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
    return {
        "object_kind": "note",
        "event_type": "note",
        "user": user_block(note.author),
        "project_id": project.id,
        "project": project_block(world, project, backward=True),
        "repository": repository_block(world, project),
        "object_attributes": _note_attributes(world, request, note) | {"action": action},
        "merge_request": merge_request_attributes(world, request),
    }


def _note_attributes(world: World, request: MergeRequest, note: Note) -> Json:
    project = request.target_project
    return {
        "id": note.id,
        "note": note.body,
        "description": note.body,
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
        "url": f"{world.base_url}/{project.path}/-/merge_requests/{request.iid}#note_{note.id}",
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
