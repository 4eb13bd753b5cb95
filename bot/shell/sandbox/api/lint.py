"""GitLab's own judgement of a CI file."""

from __future__ import annotations

from bot.shell.sandbox import access, ci_lint
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.pipelines import DEFAULT_CI_PATH
from bot.shell.sandbox.repository import Tree
from bot.shell.sandbox.routing import Answer, Call, Route
from bot.shell.sandbox.state import DEVELOPER


def _content(call: Call) -> Answer:
    head = call.project.repository.resolve(str(call.args.get("ref") or "HEAD"))
    return Answer(_judge(call, str(call.args["content"]).encode(), head.tree if head else {}))


def _committed(call: Call) -> Answer:
    project = call.project
    ref = str(call.args.get("content_ref") or project.repository.default_branch)
    commit = project.repository.resolve(ref)
    if commit is None:
        raise not_found("Commit")
    content = commit.tree.get(project.ci_config_path or DEFAULT_CI_PATH, b"")
    return Answer(_judge(call, content, commit.tree))


def _judge(call: Call, content: bytes, tree: Tree) -> object:
    def files_of(path: str, ref: str) -> Tree | None:
        project = call.world.project(path)
        if project is None or not access.may_see(project, call.user):
            return None
        commit = project.repository.resolve(ref)
        return commit.tree if commit else None

    return ci_lint.lint(content, tree, projects=files_of, with_jobs=bool(call.args.get("include_jobs")))


_PATH = "/projects/{project}/ci/lint"
_OPTIONS = {"dry_run": bool, "include_jobs": bool}

ROUTES = (
    Route(
        method="POST",
        path=_PATH,
        handler=_content,
        takes={"content": str, "ref": str, **_OPTIONS},
        required=("content",),
        level=DEVELOPER,
    ),
    Route(
        method="GET",
        path=_PATH,
        handler=_committed,
        takes={"content_ref": str, "dry_run_ref": str, **_OPTIONS},
        level=DEVELOPER,
    ),
)
