"""Creates or repairs the webhook of a project or group, so that it tells the bot what the bot listens to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from bot.app.ports import ForbiddenError, NotFoundError, PermanentForgeError
from bot.shell.gitlab.client import Client, Endpoint

EVENTS: Mapping[str, bool] = {
    "merge_requests_events": True,
    "pipeline_events": True,
    "job_events": True,
    "note_events": True,
    "push_events": False,  # GitLab's default is on; the bot has no use for it
}
KINDS = ("projects", "groups")
MAX_PAGES = 10


class Known(msgspec.Struct, frozen=True):
    """A webhook that is there already."""

    id: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Where webhooks go, and how GitLab proves that they are its own."""

    url: str
    token: str = field(default="", repr=False)
    signing_token: str = field(default="", repr=False)

    def settings(self) -> dict[str, object]:
        """The hook's settings, as GitLab takes them."""
        secrets = {"token": self.token, "signing_token": self.signing_token}
        return {
            "url": self.url,
            "enable_ssl_verification": True,
            **EVENTS,
            **{name: value for name, value in secrets.items() if value},
        }


@dataclass(frozen=True)
class Installed:
    """What was done: to a project or a group, with the hook of that number."""

    kind: str
    hook: int
    created: bool


def install(client: Client, target: str, receiver: Receiver) -> Installed:
    """Make the hook of a project or group, or set right the one that leads to the same address."""
    kind, known = _hooks(client, target)
    ours = next((hook for hook in known if hook.url == receiver.url), None)
    if ours is None:
        endpoint = Endpoint("POST", f"/{kind}/{{}}/hooks", (target,))
    else:
        endpoint = Endpoint("PUT", f"/{kind}/{{}}/hooks/{{}}", (target, ours.id))
    made = msgspec.json.decode(client.call(endpoint, body=receiver.settings()).body, type=Known)
    return Installed(kind.removesuffix("s"), made.id, created=ours is None)


def _hooks(client: Client, target: str) -> tuple[str, list[Known]]:
    """Return whether the target is a project or a group, and its hooks."""
    for kind in KINDS:
        try:
            client.call(Endpoint("GET", f"/{kind}/{{}}", (target,)))
        except NotFoundError:
            continue
        return kind, _read_hooks(client, kind, target)
    raise PermanentForgeError(f"there is no project or group `{target}` that the token may see")


def _read_hooks(client: Client, kind: str, target: str) -> list[Known]:
    endpoint = Endpoint("GET", f"/{kind}/{{}}/hooks", (target,))
    try:
        pages = list(client.pages(endpoint, {"per_page": 100}, MAX_PAGES))
    except (ForbiddenError, NotFoundError):
        needed = "Maintainer" if kind == "projects" else "Owner (and group webhooks need GitLab Premium)"
        raise PermanentForgeError(f"hooks of `{target}` need a token with the role {needed}") from None
    return [hook for page in pages for hook in msgspec.json.decode(page, type=list[Known])]
