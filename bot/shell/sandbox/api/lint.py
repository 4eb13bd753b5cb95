"""GitLab's own judgement of a CI file."""

from __future__ import annotations

from bot.shell.sandbox import ci_lint
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.pipelines import DEFAULT_CI_PATH
from bot.shell.sandbox.routing import Answer, Call, Route
from bot.shell.sandbox.state import DEVELOPER


def _content(call: Call) -> Answer:
    return Answer(_judge(call, str(call.args["content"]).encode()))


def _committed(call: Call) -> Answer:
    project = call.project
    ref = str(call.args.get("content_ref") or project.repository.default_branch)
    commit = project.repository.resolve(ref)
    if commit is None:
        raise not_found("Commit")
    return Answer(_judge(call, commit.tree.get(project.ci_config_path or DEFAULT_CI_PATH, b"")))


def _judge(call: Call, content: bytes) -> object:
    head = call.project.repository.resolve(str(call.args.get("ref") or call.args.get("dry_run_ref") or "HEAD"))
    return ci_lint.lint(content, head.tree if head else {}, with_jobs=bool(call.args.get("include_jobs")))


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
