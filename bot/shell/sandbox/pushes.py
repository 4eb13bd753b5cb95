"""Commits to branches, and what follows from them: merge requests move on, pipelines start, webhooks fire."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.shell.sandbox import access, merge_requests, payloads, pipelines
from bot.shell.sandbox.errors import ApiError, bad_request, forbidden
from bot.shell.sandbox.repository import ZERO_SHA, Commit, Signature
from bot.shell.sandbox.state import Json, MergeRequest, Project, User, World

STALE = "You are attempting to update a file that has changed since you started editing it."


@dataclass(frozen=True, kw_only=True)
class CommitRequest:
    """What the commits API is asked for. ``start`` is a branch or a sha, empty for the branch itself."""

    branch: str
    message: str
    actions: tuple[Json, ...] = field(repr=False)
    start: str = ""
    force: bool = False
    author: Signature | None = None


def signature(user: User) -> Signature:
    """Return how a user signs commits."""
    return Signature(user.name, user.email)


def commit(world: World, project: Project, user: User, request: CommitRequest) -> Commit:
    """Make a commit of file actions and move its branch."""
    if not access.may_push(project, user, request.branch):
        raise forbidden("You are not allowed to push into this branch")
    parent = _parent(project, request)
    tree = _apply(project, parent, request.actions)
    by = (request.author or signature(user), signature(user))
    parents = (parent.sha,) if parent else ()
    made = project.repository.store(tree, request.message, parents=parents, by=by, time=world.now())
    move_branch(world, project, user, request.branch, made)
    return made


def push_tree(
    world: World, project: Project, user: User, branch: str, *, tree: Mapping[str, bytes], message: str
) -> Commit:
    """Make a commit with a whole tree, as a person's push does."""
    head = project.repository.resolve(branch)
    parents = (head.sha,) if head else ()
    by = (signature(user), signature(user))
    made = project.repository.store(tree, message, parents=parents, by=by, time=world.now())
    move_branch(world, project, user, branch, made)
    return made


def move_branch(world: World, project: Project, user: User, branch: str, commit: Commit) -> None:
    """Point a branch at a commit and let everything follow."""
    before = project.repository.branches.get(branch, ZERO_SHA)
    project.repository.branches[branch] = commit.sha
    world.emit(project, "push_events", payloads.push(world, project, user, branch, (before, commit.sha)))
    merge_requests.follow_branch(world, project, branch, user)
    pipelines.start(world, project, branch, user, before=before)


def merge(world: World, request: MergeRequest, user: User) -> None:
    """Merge it: the target branch gets the changes, and whatever stands on that branch follows."""
    target, source = request.target_project.repository, request.source_project.repository
    target.commits.update(source.commits)
    version, head = request.versions[0], target.commits[target.branches[request.target_branch]]
    base, changed = target.commits[version.base].tree, target.commits[request.sha].tree
    tree = {path: content for path, content in head.tree.items() if path in changed or path not in base}
    tree |= {path: content for path, content in changed.items() if base.get(path) != content}
    message = f"Merge branch '{request.source_branch}' into '{request.target_branch}'\n\n{request.title}"
    by = (signature(user), signature(user))
    made = target.store(tree, message, parents=(head.sha, request.sha), by=by, time=world.now())
    request.state, request.updated_at = "merged", world.now()
    payload = payloads.merge_request(world, request, user, action="merge")
    world.emit(request.target_project, "merge_requests_events", payload)
    move_branch(world, request.target_project, user, request.target_branch, made)


def create_branch(world: World, project: Project, user: User, name: str, ref: str) -> None:
    """Make a branch at a ref."""
    if name in project.repository.branches:
        raise ApiError(400, {"message": "Branch already exists"})
    start = project.repository.resolve(ref)
    if start is None:
        raise ApiError(400, {"message": f"Invalid reference name: {ref}"})
    if not access.may_push(project, user, name):
        raise forbidden()
    move_branch(world, project, user, name, start)


def delete_branch(world: World, project: Project, user: User, name: str) -> None:
    """Remove a branch; a protected one stays."""
    if access.protection(project, name) or not access.may_push(project, user, name):
        raise forbidden()
    before = project.repository.branches.pop(name)
    world.emit(project, "push_events", payloads.push(world, project, user, name, (before, ZERO_SHA)))


def _parent(project: Project, request: CommitRequest) -> Commit | None:
    repository = project.repository
    head = repository.resolve(request.branch) if request.branch in repository.branches else None
    if not repository.commits:
        return None
    if not request.start:
        if head is None:
            raise ApiError(400, {"message": "You can only create or edit files when you are on a branch"})
        return head
    start = repository.resolve(request.start)
    if start is None:
        raise ApiError(400, {"message": f"Cannot find start_branch '{request.start}'"})
    if head is not None and head.sha != start.sha and not request.force:
        message = (
            f"A branch called '{request.branch}' already exists. Switch to that branch in order to make changes"
        )
        raise ApiError(400, {"message": message})
    if head is not None and request.force and not access.may_force_push(project, request.branch):
        raise forbidden("You are not allowed to force push code to a protected branch on this project.")
    return start


def _apply(project: Project, parent: Commit | None, actions: tuple[Json, ...]) -> dict[str, bytes]:
    if not actions:
        raise ApiError(400, {"error": "actions is missing"})
    tree = dict(parent.tree) if parent else {}
    for action in actions:
        _apply_one(project, parent, tree, action)
    return tree


def _apply_one(project: Project, parent: Commit | None, tree: dict[str, bytes], action: Json) -> None:
    kind, path = action["action"], str(action["file_path"])
    if path.startswith("/") or ".." in path.split("/"):
        raise bad_request(f"invalid path: '{path}'")
    source = str(action.get("previous_path", path)) if kind == "move" else path
    if kind == "create" and path in tree:
        raise ApiError(400, {"message": "A file with this name already exists"})
    if kind != "create" and source not in tree:
        raise ApiError(400, {"message": "A file with this name doesn't exist"})
    known = action.get("last_commit_id")
    if known and parent and known != project.repository.last_change(parent.sha, source):
        raise ApiError(400, {"message": STALE})
    old = tree.pop(source, b"")
    if kind != "delete":
        tree[path] = _content(action) if "content" in action else old


def _content(action: Json) -> bytes:
    content = str(action["content"])
    return base64.b64decode(content) if action.get("encoding") == "base64" else content.encode()
