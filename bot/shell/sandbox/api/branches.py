"""Branches and their protection."""

from __future__ import annotations

from bot.shell.sandbox import pushes, views
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, gone, ok, paged
from bot.shell.sandbox.state import DEVELOPER, Json, Protection


def _name(call: Call) -> str:
    name = call.params["branch"]
    if name not in call.project.repository.branches:
        raise not_found("Branch")
    return name


def _show(call: Call) -> Answer:
    return ok(views.branch(call.world, call.project, _name(call), call.user))


def _list(call: Call) -> Answer:
    search = str(call.args.get("search", ""))
    names = sorted(name for name in call.project.repository.branches if _matches(name, search))
    return paged(call, names, lambda name: views.branch(call.world, call.project, name, call.user))


def _matches(name: str, search: str) -> bool:
    return name.startswith(search[1:]) if search.startswith("^") else search in name


def _create(call: Call) -> Answer:
    name = str(call.args["branch"])
    pushes.create_branch(call.world, call.project, call.user, name, str(call.args["ref"]))
    return created(views.branch(call.world, call.project, name, call.user))


def _delete(call: Call) -> Answer:
    pushes.delete_branch(call.world, call.project, call.user, _name(call))
    return gone()


def _protected(call: Call) -> Answer:
    return paged(call, call.project.protections.values(), _protection)


def _protection(rule: Protection) -> Json:
    return {
        "name": rule.name,
        "push_access_levels": [{"access_level": rule.push_level}],
        "merge_access_levels": [{"access_level": rule.merge_level}],
        "allow_force_push": rule.allow_force_push,
    }


_ALL = "/projects/{project}/repository/branches"
_ONE = f"{_ALL}/{{branch}}"

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, takes={"search": str}, paged=True),
    Route(
        method="POST",
        path=_ALL,
        handler=_create,
        takes={"branch": str, "ref": str},
        required=("branch", "ref"),
        level=DEVELOPER,
    ),
    Route(method="GET", path=_ONE, handler=_show),
    Route(method="DELETE", path=_ONE, handler=_delete, level=DEVELOPER),
    Route(method="GET", path="/projects/{project}/protected_branches", handler=_protected, paged=True),
)
