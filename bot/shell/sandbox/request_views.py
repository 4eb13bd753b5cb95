"""What the REST API shows of merge requests, their diffs, notes and threads."""

from __future__ import annotations

from bot.shell.sandbox import ci_views, comments, merge_requests, pipelines, views
from bot.shell.sandbox.diff import FileChange
from bot.shell.sandbox.state import Json, MergeRequest, Note, Suggestion, Version, World


def merge_request(world: World, request: MergeRequest) -> Json:
    """A merge request as lists have it."""
    project = request.target_project
    reference = f"!{request.iid}"
    return {
        "id": request.id,
        "iid": request.iid,
        "project_id": project.id,
        "title": request.title,
        "description": request.description,
        "state": request.state,
        "created_at": views.iso(request.created_at),
        "updated_at": views.iso(request.updated_at),
        "prepared_at": None if request.preparing else views.iso(request.created_at),
        "source_branch": request.source_branch,
        "target_branch": request.target_branch,
        "source_project_id": request.source_project.id,
        "target_project_id": project.id,
        "author": views.user(world, request.author),
        "assignees": [],
        "reviewers": [],
        "labels": list(request.labels),
        "draft": request.draft,
        "work_in_progress": request.draft,
        "merge_status": "checking" if request.preparing else "can_be_merged",
        "detailed_merge_status": _detailed_status(request),
        "has_conflicts": False,
        "sha": request.sha,
        "user_notes_count": sum(not note.system for note in request.notes),
        "allow_collaboration": False,
        "reference": reference,
        "references": {"short": reference, "relative": reference, "full": f"{project.path}{reference}"},
        "web_url": f"{world.base_url}/{project.path}/-/merge_requests/{request.iid}",
    }


def _detailed_status(request: MergeRequest) -> str:
    if request.state != "opened":
        return "not_open"
    if request.preparing:
        return "preparing"
    return "draft_status" if request.draft else "mergeable"


def full_merge_request(world: World, request: MergeRequest) -> Json:
    """A merge request by itself: with diff refs and its head pipeline."""
    head = pipelines.head_pipeline(request)
    refs = request.versions[0]
    return merge_request(world, request) | {
        "diff_refs": None
        if request.preparing
        else {"base_sha": refs.base, "head_sha": refs.head, "start_sha": refs.start},
        "head_pipeline": ci_views.pipeline(world, request.source_project, head) if head else None,
        "changes_count": str(len(merge_requests.diff(request))),
        "diverged_commits_count": 0,
    }


def diff(change: FileChange) -> Json:
    """A changed file; the text of a large one is left out."""
    hidden = change.collapsed or change.too_large
    return {
        "old_path": change.old_path,
        "new_path": change.new_path,
        "a_mode": "0" if change.old is None else "100644",
        "b_mode": "0" if change.new is None else "100644",
        "new_file": change.old is None,
        "renamed_file": change.old_path != change.new_path,
        "deleted_file": change.new is None,
        "generated_file": False,
        "collapsed": change.collapsed and not change.too_large,
        "too_large": change.too_large,
        "diff": "" if hidden else change.text,
    }


def version(request: MergeRequest, version: Version) -> Json:
    """One push's state of a merge request."""
    return {
        "id": version.id,
        "head_commit_sha": version.head,
        "base_commit_sha": version.base,
        "start_commit_sha": version.start,
        "created_at": views.iso(version.created_at),
        "merge_request_id": request.id,
        "state": "collected",
        "real_size": "1",
    }


def note(world: World, request: MergeRequest, note: Note) -> Json:
    """A comment."""
    return {
        "id": note.id,
        "type": note.kind,
        "body": note.body,
        "attachment": None,
        "author": views.user(world, note.author),
        "created_at": views.iso(note.created_at),
        "updated_at": views.iso(note.updated_at),
        "system": note.system,
        "noteable_id": request.id,
        "noteable_type": "MergeRequest",
        "noteable_iid": request.iid,
        "project_id": request.target_project.id,
        "commit_id": None,
        **({"position": note.position} if note.position else {}),
        "resolvable": note.resolvable,
        **_resolution(world, note),
        "suggestions": [suggestion(item) for item in note.suggestions],
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "commands_changes": {},
    }


def _resolution(world: World, note: Note) -> Json:
    if not note.resolvable:
        return {}
    by = note.resolved_by
    return {"resolved": by is not None, "resolved_by": views.user(world, by) if by else None, "resolved_at": None}


def suggestion(item: Suggestion) -> Json:
    """A suggestion in a note."""
    return {
        "id": item.id,
        "from_line": item.from_line,
        "to_line": item.to_line,
        "appliable": not item.applied,
        "applied": item.applied,
        "from_content": item.from_content,
        "to_content": item.to_content,
    }


def discussion(world: World, request: MergeRequest, discussion_id: str) -> Json:
    """A thread with its notes."""
    notes = comments.thread(request, discussion_id)
    resolvable = any(item.resolvable for item in notes)
    return {
        "id": discussion_id,
        "individual_note": notes[0].kind is None,
        "resolvable": resolvable,
        "resolved": resolvable and all(item.resolved_by for item in notes if item.resolvable),
        "notes": [note(world, request, item) for item in notes],
    }
