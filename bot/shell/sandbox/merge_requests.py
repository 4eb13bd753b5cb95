"""Merge requests: opened once per pair of branches, moved on by pushes, changed, closed."""

from __future__ import annotations

import hashlib

from bot.shell.sandbox import payloads, pipelines
from bot.shell.sandbox.diff import FileChange, changes
from bot.shell.sandbox.errors import ApiError
from bot.shell.sandbox.state import Json, MergeRequest, Note, Project, User, Version, World

MAX_DESCRIPTION = 1_048_576
MAX_TITLE = 255


def open_from(
    world: World,
    projects: tuple[Project, Project],
    author: User,
    *,
    branches: tuple[str, str],
    text: tuple[str, str],
) -> MergeRequest:
    """Open a merge request: from source to target project and branch, with a title and a description."""
    (origin, project), (source, target) = projects, branches
    _check_new(projects, branches)
    check_text(*text)
    now = world.now()
    request = MergeRequest(
        id=world.next_id(),
        iid=max((known.iid for known in project.merge_requests), default=0) + 1,
        title=text[0],
        description=text[1],
        author=author,
        source_branch=source,
        target_branch=target,
        source_project=origin,
        target_project=project,
        created_at=now,
        updated_at=now,
        sha=origin.repository.branches[source],
    )
    project.merge_requests.append(request)
    add_version(world, request)
    world.emit(project, "merge_requests_events", payloads.merge_request(world, request, author, action="open"))
    if project.merge_request_pipelines:
        pipelines.start(world, origin, source, author, before=request.sha)
    return request


def _check_new(projects: tuple[Project, Project], branches: tuple[str, str]) -> None:
    (origin, project), (source, target) = projects, branches
    if origin is not project and origin.forked_from is not project:
        raise ApiError(422, {"message": {"validate_fork": ["Source project is not a fork of the target project"]}})
    if source == target and origin is project:
        raise ApiError(
            422, {"message": {"branch_conflict": ["You can't use same project/branch for source and target"]}}
        )
    missing = [
        f'{side} branch "{name}" does not exist'
        for side, name, owner in (("Source", source, origin), ("Target", target, project))
        if name not in owner.repository.branches
    ]
    if missing:
        raise ApiError(400, {"message": missing})
    for known in project.merge_requests:
        same = (known.source_branch, known.target_branch, known.source_project.id) == (source, target, origin.id)
        if known.state == "opened" and same:
            message = f"Another open merge request already exists for this source branch: !{known.iid}"
            raise ApiError(409, {"message": [message]})


def check_text(title: str, description: str) -> None:
    """Refuse a title or description that GitLab refuses."""
    if not title.strip():
        raise ApiError(400, {"message": {"title": ["can't be blank"]}})
    if len(title) > MAX_TITLE:
        raise ApiError(400, {"message": {"title": [f"is too long (maximum is {MAX_TITLE} characters)"]}})
    if len(description) > MAX_DESCRIPTION:
        raise ApiError(
            400, {"message": {"description": [f"is too long (maximum is {MAX_DESCRIPTION} characters)"]}}
        )


def follow_branch(world: World, project: Project, branch: str, user: User) -> None:
    """Move the open merge requests of a branch on to its new head."""
    for request in [r for p in world.projects for r in p.merge_requests]:
        comes_from = request.source_project is project and request.source_branch == branch
        head = project.repository.branches[branch]
        if not comes_from or request.state != "opened" or request.sha == head:
            continue
        old, request.sha, request.updated_at = request.sha, head, world.now()
        add_version(world, request)
        system_note(world, request, user, "added 1 commit")
        payload = payloads.merge_request(world, request, user, action="update", oldrev=old)
        world.emit(request.target_project, "merge_requests_events", payload)


def add_version(world: World, request: MergeRequest) -> None:
    """Write down the three commits of the present diff."""
    source, target = request.source_project.repository, request.target_project.repository
    for one, other in ((source, target), (target, source)):  # GitLab keeps a fork's commits for the target too
        one.commits.update({sha: commit for sha, commit in other.commits.items() if sha not in one.commits})
    start = target.branches.get(request.target_branch, request.sha)
    base = source.merge_base(start, request.sha)
    sha = base.sha if base else start
    version = Version(id=world.next_id(), base=sha, start=start, head=request.sha, created_at=world.now())
    request.versions.insert(0, version)


def update(world: World, request: MergeRequest, user: User, fields: Json) -> None:
    """Change a merge request as the API is asked to and tell it, if anything changed."""
    check_text(str(fields.get("title", request.title)), str(fields.get("description", request.description)))
    changed: Json = {}
    for name, value in _wanted(request, fields).items():
        old = getattr(request, name)
        if old != value:
            changed[name] = {"previous": old, "current": value}
            setattr(request, name, value)
    if "target_branch" in changed:
        add_version(world, request)
    action = _state_change(request, str(fields.get("state_event", "")))
    if not changed and action == "update":
        return
    if "title" in changed and _is_draft(changed["title"]["previous"]) != request.draft:
        changed["draft"] = {"previous": not request.draft, "current": request.draft}
    request.updated_at = world.now()
    payload = payloads.merge_request(world, request, user, action=action, changes=changed)
    world.emit(request.target_project, "merge_requests_events", payload)


def _is_draft(title: str) -> bool:
    return title.lower().startswith(("draft:", "[draft]", "(draft)"))


def _wanted(request: MergeRequest, fields: Json) -> Json:
    wanted: Json = {name: fields[name] for name in ("title", "description", "target_branch") if name in fields}
    if {"labels", "add_labels", "remove_labels"} & fields.keys():
        labels = label_list(fields["labels"]) if "labels" in fields else list(request.labels)
        labels += [label for label in label_list(fields.get("add_labels", "")) if label not in labels]
        gone = label_list(fields.get("remove_labels", ""))
        wanted["labels"] = [label for label in labels if label not in gone]
    return wanted


def label_list(value: object) -> list[str]:
    """Return labels given as a list or as text with commas."""
    parts = value if isinstance(value, list) else str(value).split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def _state_change(request: MergeRequest, event: str) -> str:
    if event == "close" and request.state == "opened":
        request.state = "closed"
        return "close"
    if event == "reopen" and request.state == "closed":
        request.state = "opened"
        return "reopen"
    return "update"


def diff(request: MergeRequest) -> list[FileChange]:
    """Return the files that the merge request changes; nothing while it is being prepared."""
    if request.preparing:
        return []
    commits = request.source_project.repository.commits
    version = request.versions[0]
    if version.changes is None:
        version.changes = changes(commits[version.base].tree, commits[version.head].tree)
    return version.changes


def system_note(world: World, request: MergeRequest, user: User, body: str) -> None:
    """Add a line of the activity feed: no webhook tells of it."""
    now = world.now()
    number = world.next_id()
    discussion = hashlib.sha1(f"system {number}".encode(), usedforsecurity=False).hexdigest()
    note = Note(
        id=number, body=body, author=user, discussion_id=discussion, created_at=now, updated_at=now, system=True
    )
    request.notes.append(note)
