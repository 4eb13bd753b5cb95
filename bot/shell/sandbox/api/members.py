"""Who is in a project, and as what."""

from __future__ import annotations

from bot.shell.sandbox import views
from bot.shell.sandbox.errors import not_found
from bot.shell.sandbox.routing import Answer, Call, Route, ok, paged


def _show(call: Call) -> Answer:
    number = call.params["user"]
    user = call.world.user(int(number)) if number.isdigit() else None
    if user is None or user.id not in call.project.members:
        raise not_found()
    return ok(views.member(call.world, call.project, user))


def _list(call: Call) -> Answer:
    users = [user for user in call.world.users if user.id in call.project.members]
    return paged(call, users, lambda user: views.member(call.world, call.project, user))


ROUTES = (
    Route(method="GET", path="/projects/{project}/members/all", handler=_list, paged=True),
    Route(method="GET", path="/projects/{project}/members/all/{user}", handler=_show),
)
