"""Suggestions, applied by a person's click."""

from __future__ import annotations

from bot.shell.sandbox import access, pushes, request_views, suggestions
from bot.shell.sandbox.errors import ApiError, forbidden, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, ok
from bot.shell.sandbox.state import MergeRequest, Suggestion


def _found(call: Call) -> tuple[MergeRequest, Suggestion]:
    for project in call.world.projects:
        for request in project.merge_requests:
            for item in (s for note in request.notes for s in note.suggestions):
                if str(item.id) == call.params["suggestion"] and access.may_see(project, call.user):
                    return request, item
    raise not_found("Suggestion")


def _apply(call: Call) -> Answer:
    request, item = _found(call)
    project = request.source_project
    if not access.may_push(project, call.user, request.source_branch):
        raise forbidden()
    if item.applied:
        raise ApiError(400, {"message": "A suggestion is not applicable."})
    tree = dict(project.repository.commits[request.sha].tree)
    tree[item.path] = suggestions.applied(tree[item.path], item)
    item.applied = True
    message = str(call.args.get("commit_message") or "Apply 1 suggestion(s) to 1 file(s)")
    pushes.push_tree(call.world, project, call.user, request.source_branch, tree=tree, message=message)
    return ok(request_views.suggestion(item))


ROUTES = (
    Route(method="PUT", path="/suggestions/{suggestion}/apply", handler=_apply, takes={"commit_message": str}),
)
