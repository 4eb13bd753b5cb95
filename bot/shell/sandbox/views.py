"""What the REST API shows of users, projects, commits and files."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

from bot.shell.sandbox import access
from bot.shell.sandbox.repository import Commit, blob_id
from bot.shell.sandbox.state import Json, Project, Token, User, World


def iso(time: float | None) -> str | None:
    """Return the API's time format."""
    if time is None:
        return None
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def user(world: World, user: User) -> Json:
    """A user as lists and authors show them."""
    return {
        "id": user.id,
        "username": user.username,
        "public_email": "",
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": None,
        "web_url": f"{world.base_url}/{user.username}",
    }


def current_user(world: World, token: Token) -> Json:
    """The user of a token."""
    return user(world, token.user) | {
        "bot": token.user.bot,
        "email": token.user.email,
        "is_admin": token.user.admin,
    }


def token(token: Token) -> Json:
    """A token about itself."""
    return {
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "scopes": sorted(token.scopes),
        "user_id": token.user.id,
        "active": not token.revoked,
        "expires_at": token.expires_at or None,
    }


def member(world: World, project: Project, who: User) -> Json:
    """A project member."""
    return user(world, who) | {
        "access_level": access.level(project, who),
        "expires_at": None,
        "membership_state": "active",
        "created_at": iso(project.created_at),
    }


def project(world: World, project: Project, viewer: User) -> Json:
    """A project."""
    web = f"{world.base_url}/{project.path}"
    return {
        "id": project.id,
        "description": "",
        "name": project.name,
        "path": project.path.rpartition("/")[2],
        "path_with_namespace": project.path,
        "name_with_namespace": project.path.replace("/", " / "),
        "created_at": iso(project.created_at),
        "default_branch": project.repository.default_branch,
        "web_url": web,
        "http_url_to_repo": f"{web}.git",
        "visibility": project.visibility,
        "ci_config_path": project.ci_config_path,
        "archived": False,
        "empty_repo": not project.repository.commits,
        "namespace": {"full_path": project.namespace, "kind": "group"},
        "forked_from_project": {"id": project.forked_from.id} if project.forked_from else None,
        "permissions": {
            "project_access": {"access_level": access.level(project, viewer)},
            "group_access": None,
        },
    }


def commit(world: World, project: Project, commit: Commit) -> Json:
    """A commit."""
    when = iso(commit.time)
    return {
        "id": commit.sha,
        "short_id": commit.sha[:8],
        "title": commit.title,
        "message": commit.message,
        "author_name": commit.author.name,
        "author_email": commit.author.email,
        "authored_date": when,
        "committer_name": commit.committer.name,
        "committer_email": commit.committer.email,
        "committed_date": when,
        "created_at": when,
        "parent_ids": list(commit.parents),
        "trailers": {},
        "web_url": f"{world.base_url}/{project.path}/-/commit/{commit.sha}",
    }


def branch(world: World, project: Project, name: str, viewer: User) -> Json:
    """A branch, and whether the viewer may push to it."""
    head = project.repository.commits[project.repository.branches[name]]
    return {
        "name": name,
        "commit": commit(world, project, head),
        "merged": False,
        "protected": access.protection(project, name) is not None,
        "developers_can_push": False,
        "developers_can_merge": False,
        "can_push": access.may_push(project, viewer, name),
        "default": name == project.repository.default_branch,
        "web_url": f"{world.base_url}/{project.path}/-/tree/{name}",
    }


def file(project: Project, ref: str, at: Commit, path: str) -> Json:
    """A file with its content."""
    content = at.tree[path]
    return {
        "file_name": path.rpartition("/")[2],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content": base64.b64encode(content).decode(),
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "ref": ref,
        "blob_id": blob_id(content),
        "commit_id": at.sha,
        "last_commit_id": project.repository.last_change(at.sha, path),
        "execute_filemode": False,
    }


def tree_entry(entry: tuple[str, str, str]) -> Json:
    """A line of a listing: kind, path and id."""
    kind, path, sha = entry
    mode = "040000" if kind == "tree" else "100644"
    return {"id": sha, "name": path.rpartition("/")[2], "type": kind, "path": path, "mode": mode}
