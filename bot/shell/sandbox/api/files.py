"""Files and listings of a repository."""

from __future__ import annotations

import hashlib

from bot.shell.sandbox import views
from bot.shell.sandbox.errors import ApiError, not_found
from bot.shell.sandbox.repository import Commit, blob_id
from bot.shell.sandbox.routing import Answer, Call, Route, ok, paged


def _commit(call: Call) -> Commit:
    ref = call.args.get("ref") or call.project.repository.default_branch
    found = call.project.repository.resolve(str(ref))
    if found is None:
        raise not_found("Commit")
    return found


def _content(call: Call) -> tuple[Commit, str]:
    at, path = _commit(call), call.params["path"]
    if path not in at.tree:
        raise not_found("File")
    return at, path


def _show(call: Call) -> Answer:
    if "ref" not in call.args:
        raise ApiError(400, {"error": "ref is missing, ref is empty"})
    at, path = _content(call)
    return ok(views.file(call.project, str(call.args["ref"]), at, path))


def _raw(call: Call) -> Answer:
    at, path = _content(call)
    content = at.tree[path]
    headers = {
        "X-Gitlab-Blob-Id": blob_id(content),
        "X-Gitlab-Commit-Id": at.sha,
        "X-Gitlab-Size": str(len(content)),
    }
    return Answer(content, 200, {"Content-Type": "text/plain", **headers})


def _tree(call: Call) -> Answer:
    if not call.project.repository.commits:
        raise not_found("Tree")
    at = _commit(call)
    prefix = f"{call.args['path'].strip('/')}/" if call.args.get("path") else ""
    found = [entry for entry in entries(at) if entry[1].startswith(prefix)]
    if prefix and not found:
        raise not_found("Tree")
    if not call.args.get("recursive", False):
        found = [entry for entry in found if "/" not in entry[1][len(prefix) :]]
    return paged(call, found, views.tree_entry)


def entries(commit: Commit) -> list[tuple[str, str, str]]:
    """Return every folder and file of a commit: kind, path, id; folders first, as git walks."""
    folders = {path[:at] for path in commit.tree for at, char in enumerate(path) if char == "/"}
    trees = [("tree", path, _folder_id(path)) for path in folders]
    blobs = [("blob", path, blob_id(content)) for path, content in commit.tree.items()]
    return sorted(trees, key=lambda entry: entry[1]) + sorted(blobs, key=lambda entry: entry[1])


def _folder_id(path: str) -> str:
    return hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()


ROUTES = (
    Route(method="GET", path="/projects/{project}/repository/files/{path}", handler=_show, takes={"ref": str}),
    Route(method="GET", path="/projects/{project}/repository/files/{path}/raw", handler=_raw, takes={"ref": str}),
    Route(
        method="GET",
        path="/projects/{project}/repository/tree",
        handler=_tree,
        takes={"ref": str, "path": str, "recursive": bool},
        paged=True,
    ),
)
