"""Projects, alone and by group."""

from __future__ import annotations

from collections.abc import Callable

from bot.shell.sandbox import access, views
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.routing import Answer, Call, Route, ok, paged
from bot.shell.sandbox.state import Json, Project


def _show(call: Call) -> Answer:
    return ok(views.project(call.world, call.project, call.user))


def _list(call: Call) -> Answer:
    wanted = call.args.get("membership", False)
    least = call.args.get("min_access_level", 0)
    mine = [project for project in call.world.projects if access.may_see(project, call.user)]
    mine = [p for p in mine if access.level(p, call.user) >= max(least, 1 if wanted else 0)]
    return paged(call, mine, _view(call))


def _of_group(call: Call) -> Answer:
    path = call.params["group"]
    inside = [p for p in call.world.projects if p.path.startswith(f"{path}/") and access.may_see(p, call.user)]
    if not inside:
        raise not_found("Group")
    if not call.args.get("include_subgroups", False):
        inside = [project for project in inside if project.namespace == path]
    return paged(call, inside, _view(call))


def _group(call: Call) -> Answer:
    path = call.params["group"]
    if not any(p.path.startswith(f"{path}/") and access.may_see(p, call.user) for p in call.world.projects):
        raise not_found("Group")
    return ok({"id": sum(map(ord, path)), "full_path": path, "web_url": f"{call.world.base_url}/groups/{path}"})


def _view(call: Call) -> Callable[[Project], Json]:
    def view(project: Project) -> Json:
        return views.project(call.world, project, call.user)

    return view


_LIST = {"membership": bool, "min_access_level": int, "archived": bool, "simple": bool, "search": str}

ROUTES = (
    Route(method="GET", path="/projects", handler=_list, takes=_LIST, paged=True),
    Route(method="GET", path="/projects/{project}", handler=_show),
    Route(method="GET", path="/groups/{group}", handler=_group),
    Route(
        method="GET",
        path="/groups/{group}/projects",
        handler=_of_group,
        takes={"include_subgroups": bool, "archived": bool, "simple": bool, "with_shared": bool},
        paged=True,
    ),
)
