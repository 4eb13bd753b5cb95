"""Commits: read, compared, and made of several file actions at once."""

from __future__ import annotations

from typing import Any

from bot.shell.sandbox import pushes, request_views, views
from bot.shell.sandbox.diff import changes
from bot.shell.sandbox.errors import ApiError, UnknownRequestError, not_found
from bot.shell.sandbox.repository import Commit, Signature
from bot.shell.sandbox.routing import Answer, Call, Route, created, ok, paged
from bot.shell.sandbox.state import CommitComment, Json

_ACTIONS = frozenset({"create", "delete", "move", "update"})
_ACTION_FIELDS = frozenset({"action", "file_path", "previous_path", "content", "encoding", "last_commit_id"})


def _found(call: Call, ref: str) -> Commit:
    commit = call.project.repository.resolve(ref)
    if commit is None:
        raise not_found("Commit")
    return commit


def _show(call: Call) -> Answer:
    return ok(_with_stats(call, _found(call, call.params["sha"])))


def _list(call: Call) -> Answer:
    ref = call.args.get("ref_name") or call.project.repository.default_branch
    history = call.project.repository.history(_found(call, str(ref)).sha)
    return paged(call, history, lambda commit: views.commit(call.world, call.project, commit), totals=False)


def _requests(call: Call) -> Answer:
    sha = _found(call, call.params["sha"]).sha
    found = [request for request in call.project.merge_requests if request.sha == sha]
    return paged(call, found, lambda request: request_views.merge_request(call.world, request))


def _comments(call: Call) -> Answer:
    sha = _found(call, call.params["sha"]).sha
    found = [comment for comment in call.project.commit_comments if comment.sha == sha]
    return paged(call, found, lambda comment: _comment(call, comment))


def _comment(call: Call, comment: CommitComment) -> Json:
    place = {"path": None, "line": None, "line_type": None}
    author = views.user(call.world, comment.author)
    return {"note": comment.body, **place, "author": author, "created_at": views.iso(comment.created_at)}


def _write_comment(call: Call) -> Answer:
    commit, body = _found(call, call.params["sha"]), str(call.args["note"])
    comment = CommitComment(sha=commit.sha, body=body, author=call.user, created_at=call.world.now())
    call.project.commit_comments.append(comment)
    return created(_comment(call, comment))


def _compare(call: Call) -> Answer:
    repository = call.project.repository
    old, new = _found(call, str(call.args["from"])), _found(call, str(call.args["to"]))
    base = old if call.args.get("straight") else repository.merge_base(old.sha, new.sha) or old
    between = [views.commit(call.world, call.project, commit) for commit in repository.between(base.sha, new.sha)]
    return ok(
        {
            "commit": views.commit(call.world, call.project, new),
            "commits": between,
            "diffs": [request_views.diff(change) for change in changes(base.tree, new.tree)],
            "compare_timeout": False,
            "compare_same_ref": old.sha == new.sha,
        }
    )


def _diff(call: Call) -> Answer:
    commit = _found(call, call.params["sha"])
    parent = call.project.repository.commits[commit.parents[0]].tree if commit.parents else {}
    return paged(call, changes(parent, commit.tree), request_views.diff)


def _create(call: Call) -> Answer:
    args = call.args
    author = Signature(str(args["author_name"]), str(args["author_email"])) if args.get("author_email") else None
    request = pushes.CommitRequest(
        branch=str(args["branch"]),
        message=str(args["commit_message"]),
        actions=tuple(_action(action) for action in args["actions"]),
        start=str(args.get("start_sha") or args.get("start_branch") or ""),
        force=bool(args.get("force", False)),
        author=author,
    )
    return created(_with_stats(call, pushes.commit(call.world, call.project, call.user, request)))


def _action(action: Any) -> Json:  # noqa: ANN401 - JSON comes in any type
    if not isinstance(action, dict) or not action.get("file_path"):
        raise ApiError(400, {"error": "actions[0][file_path] is missing"})
    if action.get("action") not in _ACTIONS or action.keys() - _ACTION_FIELDS:
        raise UnknownRequestError(f"no such commit action: {sorted(action)} {action.get('action')}")
    if action["action"] == "update" and "content" not in action:
        raise ApiError(400, {"error": "actions[0][content] is missing"})
    return action


def _with_stats(call: Call, commit: Commit) -> Json:
    parent = call.project.repository.commits.get(commit.parents[0]) if commit.parents else None
    found = changes(parent.tree if parent else {}, commit.tree)
    added, removed = sum(len(change.added) for change in found), sum(len(change.removed) for change in found)
    stats = {"additions": added, "deletions": removed, "total": added + removed}
    return views.commit(call.world, call.project, commit) | {"stats": stats, "status": None}


_ALL = "/projects/{project}/repository/commits"
_CREATE = {
    "branch": str,
    "commit_message": str,
    "actions": list,
    "start_branch": str,
    "start_sha": str,
    "author_email": str,
    "author_name": str,
    "stats": bool,
    "force": bool,
}

ROUTES = (
    Route(
        method="GET",
        path=_ALL,
        handler=_list,
        takes={"ref_name": str, "path": str, "since": str, "with_stats": bool},
        paged=True,
    ),
    Route(
        method="POST", path=_ALL, handler=_create, takes=_CREATE, required=("branch", "commit_message", "actions")
    ),
    Route(method="GET", path=f"{_ALL}/{{sha}}", handler=_show, takes={"stats": bool}),
    Route(
        method="GET", path=f"{_ALL}/{{sha}}/merge_requests", handler=_requests, takes={"state": str}, paged=True
    ),
    Route(method="GET", path=f"{_ALL}/{{sha}}/comments", handler=_comments, paged=True),
    Route(
        method="POST",
        path=f"{_ALL}/{{sha}}/comments",
        handler=_write_comment,
        takes={"note": str},
        required=("note",),
    ),
    Route(method="GET", path=f"{_ALL}/{{sha}}/diff", handler=_diff, paged=True),
    Route(
        method="GET",
        path="/projects/{project}/repository/compare",
        handler=_compare,
        takes={"from": str, "to": str, "straight": bool},
        required=("from", "to"),
    ),
)
