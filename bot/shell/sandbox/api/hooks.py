"""Webhooks of a project: their settings, their past deliveries."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from bot.shell.sandbox import access, ci_payloads, ci_views, payloads
from bot.shell.sandbox.errors import ApiError, forbidden, not_found
from bot.shell.sandbox.routing import Answer, Call, Route, created, gone, ok, paged
from bot.shell.sandbox.state import MAINTAINER, OWNER, Hook, Json

_TEXTS = [
    "url",
    "name",
    "description",
    "token",
    "signing_token",
    "push_events_branch_filter",
    "branch_filter_strategy",
    "custom_webhook_template",
]
_SETTINGS = frozenset(_TEXTS) - {"url", "token", "signing_token"} | {"enable_ssl_verification"}
_FIELDS: dict[str, type] = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(ci_views.HOOK_EVENTS, bool),
    "enable_ssl_verification": bool,
}


def _found(call: Call) -> Hook:
    found = next((hook for hook in call.project.hooks if str(hook.id) == call.params["hook"]), None)
    if found is None:
        raise not_found()
    return found


def _list(call: Call) -> Answer:
    return paged(call, call.project.hooks, lambda hook: ci_views.hook(hook, call.project))


def _show(call: Call) -> Answer:
    return ok(ci_views.hook(_found(call), call.project))


def _create(call: Call) -> Answer:
    hook = Hook(id=call.world.next_id(), url="", created_at=call.world.now())
    events = {"push_events"} if call.args.get("push_events", True) else set()
    hook.events = frozenset(events)
    _change(hook, call.args)
    call.project.hooks.append(hook)
    return created(ci_views.hook(hook, call.project))


def _update(call: Call) -> Answer:
    hook = _found(call)
    _change(hook, call.args)
    return ok(ci_views.hook(hook, call.project))


def _change(hook: Hook, args: Json) -> None:
    url = str(args.get("url", hook.url))
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ApiError(422, {"error": "Invalid url given"})
    hook.url = url
    hook.token = str(args.get("token") or hook.token).replace("\n", "")
    hook.signing_token = str(args.get("signing_token") or hook.signing_token)
    on = {name for name in ci_views.HOOK_EVENTS if args.get(name, name in hook.events)}
    hook.events = frozenset(on)
    hook.settings |= {name: args[name] for name in _SETTINGS & args.keys()}


def _delete(call: Call) -> Answer:
    call.project.hooks.remove(_found(call))
    return gone()


def _events(call: Call) -> Answer:
    return paged(call, _found(call).log, _entry)


def _entry(entry: Json) -> Json:
    return {name: value for name, value in entry.items() if name != "delivery"}


def _resend(call: Call) -> Answer:
    hook = _found(call)
    entry = next((entry for entry in hook.log if str(entry["id"]) == call.params["event"]), None)
    if entry is None:
        raise not_found()
    if entry["url"] != hook.url:
        raise ApiError(422, {"message": "The hook URL has changed. Unable to resend the request."})
    call.world.send_again(entry)
    return created({"response_status": 200})


def _group_hooks(call: Call) -> list[Hook]:
    """The hooks of a group, for those who own all of it."""
    path = call.params["group"]
    inside = [project for project in call.world.projects if project.path.startswith(f"{path}/")]
    if not any(access.may_see(project, call.user) for project in inside):
        raise not_found("Group")
    if any(access.level(project, call.user) < OWNER for project in inside):
        raise forbidden()
    return call.world.group_hooks.setdefault(path, [])


def _list_of_group(call: Call) -> Answer:
    return paged(call, _group_hooks(call), ci_views.hook)


def _create_for_group(call: Call) -> Answer:
    hooks = _group_hooks(call)
    hook = Hook(id=call.world.next_id(), url="", created_at=call.world.now())
    _change(hook, call.args)
    hooks.append(hook)
    return created(ci_views.hook(hook))


def _update_of_group(call: Call) -> Answer:
    hook = next((hook for hook in _group_hooks(call) if str(hook.id) == call.params["hook"]), None)
    if hook is None:
        raise not_found()
    _change(hook, call.args)
    return ok(ci_views.hook(hook))


def _test(call: Call) -> Answer:
    """A test carries real objects, the newest ones."""
    hook, trigger, project = _found(call), call.params["trigger"], call.project
    requests, runs = project.merge_requests, project.pipelines
    notes = [(request, note) for request in requests for note in request.notes if not note.system]
    samples: dict[str, Callable[[], Json]] = {
        "merge_requests_events": lambda: payloads.merge_request(
            call.world, requests[-1], call.user, action="update"
        ),
        "note_events": lambda: payloads.note(call.world, *notes[-1], "create"),
        "pipeline_events": lambda: ci_payloads.pipeline(call.world, project, runs[-1]),
        "job_events": lambda: ci_payloads.job(call.world, project, runs[-1], runs[-1].jobs[-1]),
    }
    if trigger not in samples:
        raise ApiError(400, {"error": "trigger does not have a valid value"})
    try:
        payload = samples[trigger]()
    except IndexError:
        what = trigger.removesuffix("_events").replace("_", " ")
        raise ApiError(422, {"message": f"Ensure the project has {what}."}) from None
    call.world.emit_to(hook, trigger, payload)
    return created({"message": "201 Created"})


_ALL = "/projects/{project}/hooks"
_ONE = f"{_ALL}/{{hook}}"

ROUTES = (
    Route(method="GET", path=_ALL, handler=_list, level=MAINTAINER, paged=True),
    Route(method="POST", path=_ALL, handler=_create, takes=_FIELDS, required=("url",), level=MAINTAINER),
    Route(method="GET", path=_ONE, handler=_show, level=MAINTAINER),
    Route(method="PUT", path=_ONE, handler=_update, takes=_FIELDS, level=MAINTAINER),
    Route(method="DELETE", path=_ONE, handler=_delete, level=MAINTAINER),
    Route(method="POST", path=f"{_ONE}/events/{{event}}/resend", handler=_resend, level=MAINTAINER),
    Route(method="POST", path=f"{_ONE}/test/{{trigger}}", handler=_test, level=MAINTAINER),
    Route(
        method="GET", path=f"{_ONE}/events", handler=_events, takes={"status": str}, level=MAINTAINER, paged=True
    ),
    Route(method="GET", path="/groups/{group}/hooks", handler=_list_of_group, paged=True),
    Route(
        method="POST", path="/groups/{group}/hooks", handler=_create_for_group, takes=_FIELDS, required=("url",)
    ),
    Route(method="PUT", path="/groups/{group}/hooks/{hook}", handler=_update_of_group, takes=_FIELDS),
)
