"""Merge requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.shell.sandbox import ci_views, merge_requests, pipelines, pushes, request_views, views
from bot.shell.sandbox.errors import ApiError, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, ok, paged
from bot.shell.sandbox.state import DEVELOPER, MergeRequest

_DESCENDING = "desc"


def _show(call: Call) -> Answer:
    return ok(request_views.full_merge_request(call.world, call.merge_request))


def _list(call: Call) -> Answer:
    found = [request for request in call.project.merge_requests if _wanted(call, request)]
    order = "updated_at" if call.args.get("order_by") == "updated_at" else "created_at"
    found.sort(
        key=lambda request: getattr(request, order), reverse=call.args.get("sort", _DESCENDING) == _DESCENDING
    )
    return paged(call, found, lambda request: request_views.merge_request(call.world, request))


def _wanted(call: Call, request: MergeRequest) -> bool:
    args = call.args
    checks: Mapping[str, Callable[[Any], bool]] = {
        "state": lambda value: value in {"all", request.state},
        "source_branch": lambda value: value == request.source_branch,
        "target_branch": lambda value: value == request.target_branch,
        "author_id": lambda value: value == request.author.id,
        "author_username": lambda value: value == request.author.username,
        "labels": lambda value: set(merge_requests.label_list(value)) <= set(request.labels),
        "updated_after": lambda value: request.updated_at > _time(value),
        "iids": lambda value: str(request.iid) in value,
        "search": lambda value: value in request.title or value in request.description,
        "scope": lambda value: value in {"all", "created_by_me"},
    }
    return all(check(args[name]) for name, check in checks.items() if name in args)


def _time(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise ApiError(400, {"error": "updated_after is invalid"}) from None


def _create(call: Call) -> Answer:
    args, project = call.args, call.project
    target = call.world.project(str(args.get("target_project_id", project.id)))
    if target is None:
        raise not_found("Project")
    request = merge_requests.open_from(
        call.world,
        (project, target),
        call.user,
        branches=(str(args["source_branch"]), str(args["target_branch"])),
        text=(str(args["title"]), str(args.get("description") or "")),
    )
    request.labels = merge_requests.label_list(args.get("labels", ""))
    return created(request_views.full_merge_request(call.world, request))


def _update(call: Call) -> Answer:
    request = call.merge_request
    if request.author is not call.user:
        call.need(DEVELOPER)
    merge_requests.update(call.world, request, call.user, call.args)
    if call.args.get("should_remove_source_branch"):
        pushes.delete_branch(call.world, request.source_project, call.user, request.source_branch)
    return ok(request_views.full_merge_request(call.world, request))


def _diffs(call: Call) -> Answer:
    return paged(call, merge_requests.diff(call.merge_request), request_views.diff)


def _versions(call: Call) -> Answer:
    request = call.merge_request
    return paged(call, request.versions, lambda version: request_views.version(request, version))


def _commits(call: Call) -> Answer:
    request = call.merge_request
    repository, version = request.source_project.repository, request.versions[0]
    found = repository.between(version.base, version.head)[::-1]
    return paged(call, found, lambda commit: views.commit(call.world, request.source_project, commit))


def _pipelines(call: Call) -> Answer:
    request = call.merge_request
    heads = {version.head for version in request.versions}
    found = [p for p in request.source_project.pipelines if p.sha in heads and p.ref == request.source_branch]
    view = ci_views.pipeline_line
    return paged(call, found[::-1], lambda pipeline: view(call.world, request.source_project, pipeline))


def _start_pipeline(call: Call) -> Answer:
    request = call.merge_request
    call.need(DEVELOPER)
    project = request.source_project
    started = pipelines.start(call.world, project, request.source_branch, call.user, source="merge_request_event")
    if started is None:
        raise ApiError(400, {"message": "The pipeline has no jobs"})
    return created(ci_views.pipeline(call.world, project, started))


def _merge(call: Call) -> Answer:
    request = call.merge_request
    if request.state != "opened" or request.draft:
        raise ApiError(405, {"message": "405 Method Not Allowed"})
    if call.args.get("sha") not in {None, request.sha}:
        raise ApiError(409, {"message": "SHA does not match HEAD of source branch"})
    pushes.merge(call.world, request, call.user)
    return ok(request_views.full_merge_request(call.world, request))


_ALL = "/projects/{project}/merge_requests"
_ONE = f"{_ALL}/{{iid}}"
_FILTERS = {
    "state": str,
    "source_branch": str,
    "target_branch": str,
    "author_id": int,
    "author_username": str,
    "labels": object,
    "updated_after": str,
    "iids": list,
    "search": str,
    "scope": str,
    "view": str,
}
_NEW = {
    "source_branch": str,
    "target_branch": str,
    "title": str,
    "description": str,
    "target_project_id": int,
    "labels": object,
    "remove_source_branch": bool,
    "squash": bool,
    "allow_collaboration": bool,
}
_CHANGE = {
    "title": str,
    "description": str,
    "target_branch": str,
    "state_event": str,
    "labels": object,
    "add_labels": object,
    "remove_labels": object,
    "remove_source_branch": bool,
    "should_remove_source_branch": bool,
}

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, takes=_FILTERS, paged=True),
    Route(
        method="POST",
        path=_ALL,
        handler=_create,
        takes=_NEW,
        required=("source_branch", "target_branch", "title"),
        level=DEVELOPER,
    ),
    Route(method="GET", path=_ONE, handler=_show, takes={"include_diverged_commits_count": bool}),
    Route(method="PUT", path=_ONE, handler=_update, takes=_CHANGE),
    Route(method="PUT", path=f"{_ONE}/merge", handler=_merge, takes={"sha": str}, level=DEVELOPER),
    Route(method="GET", path=f"{_ONE}/diffs", handler=_diffs, takes={"unidiff": bool}, paged=True),
    Route(method="GET", path=f"{_ONE}/versions", handler=_versions, paged=True),
    Route(method="GET", path=f"{_ONE}/commits", handler=_commits, paged=True),
    Route(method="GET", path=f"{_ONE}/pipelines", handler=_pipelines, paged=True),
    Route(method="POST", path=f"{_ONE}/pipelines", handler=_start_pipeline),
)
