"""Who am I, what may my token do, which version is this."""

from __future__ import annotations

from bot.shell.sandbox import views
from bot.shell.sandbox.routing import Answer, Call, Route, ok, paged


def _current(call: Call) -> Answer:
    return ok(views.current_user(call.world, call.token))


def _token(call: Call) -> Answer:
    return ok(views.token(call.token))


def _version(call: Call) -> Answer:
    return ok({"version": f"{call.world.version}-ee", "revision": "abcdef12"})


def _search(call: Call) -> Answer:
    name = call.args.get("username")
    found = [user for user in call.world.users if name is None or user.username == name]
    return paged(call, found, lambda user: views.user(call.world, user))


ROUTES = (
    Route(method="GET", path="/user", handler=_current),
    Route(method="GET", path="/users", handler=_search, takes={"username": str}, paged=True),
    Route(method="GET", path="/personal_access_tokens/self", handler=_token),
    Route(method="GET", path="/version", handler=_version),
)
