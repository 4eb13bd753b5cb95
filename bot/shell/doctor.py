"""What `scansion doctor` looks at: settings, the token's power and end, hooks and their health, clock, store.

Gathering and judging are apart: `gather` asks GitLab, the judges are pure. Sources: GitLab's documentation of
access tokens, hooks (`alert_status`) and permissions, as far as the API gives them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from pydantic import SecretStr

from bot.app.ports import ForgeError, PermanentForgeError
from bot.shell.gitlab.breaker import Breaker
from bot.shell.gitlab.client import Client, Endpoint, Reply, Timeouts
from bot.shell.settings import Settings

DEVELOPER, MAINTAINER = 30, 40
MAX_SKEW_S = 60
END_WARNING_DAYS = 30
MANY_PROJECTS = 20
HOOKS_LOOKED_AT = 20
SHORTEST_SECRET = 20
NEAR = frozenset({"localhost", "127.0.0.1", "::1"})
WANTED_EVENTS = ("merge_requests_events", "pipeline_events", "note_events")
NEEDED_SCOPES = frozenset({"api"})


@dataclass(frozen=True, slots=True)
class Check:
    """One answer: ``state`` is ok, warning or problem."""

    name: str
    state: str
    text: str


class _Shape(msgspec.Struct, frozen=True):
    """A part of an answer; what is not declared is ignored."""


class Version(_Shape, frozen=True):
    """GitLab's version."""

    version: str = "unknown"


class Self(_Shape, frozen=True):
    """The token's user."""

    id: int
    username: str
    bot: bool = False
    is_admin: bool = False


class TokenFacts(_Shape, frozen=True):
    """The token about itself."""

    scopes: tuple[str, ...] = ()
    expires_at: str | None = None


class ProjectFacts(_Shape, frozen=True):
    """A project that the bot is a member of."""

    id: int
    path_with_namespace: str
    permissions: Mapping[str, Mapping[str, Any] | None] = {}

    @property
    def level(self) -> int:
        """The bot's role in it, direct or by its group."""
        return max((int((entry or {}).get("access_level", 0)) for entry in self.permissions.values()), default=0)


class HookFacts(_Shape, frozen=True):
    """A webhook of a project."""

    url: str
    alert_status: str = "executable"
    token_present: bool = False
    signing_token_present: bool = False
    enable_ssl_verification: bool = True
    merge_requests_events: bool = False
    pipeline_events: bool = False
    note_events: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether it leads to a bot like this one."""
        return self.url.rstrip("/").endswith("/webhook")


@dataclass(frozen=True, kw_only=True)
class Instance:
    """What GitLab said about itself, the token and its projects. ``hooks`` is by project path."""

    version: Version
    user: Self
    token: TokenFacts | None
    projects: tuple[ProjectFacts, ...]
    more_projects: bool = False
    hooks: Mapping[str, tuple[HookFacts, ...]] = field(default_factory=dict)
    skew_s: float | None = None


def gather(settings: Settings, token: SecretStr) -> Instance:
    """Ask GitLab with one of the tokens; raises ForgeError with a sentence where it cannot be asked."""
    timeouts = Timeouts(total_s=settings.gitlab_timeout_s)
    breaker = Breaker(time.monotonic)
    client = Client(settings.gitlab_url, token.get_secret_value(), breaker=breaker, timeouts=timeouts)
    try:
        reply = client.call(Endpoint("GET", "/user"))
        projects = client.call(
            Endpoint("GET", "/projects"), {"membership": True, "min_access_level": 10, "per_page": 100}
        )
        known = msgspec.json.decode(projects.body, type=tuple[ProjectFacts, ...])
        return Instance(
            version=msgspec.json.decode(client.call(Endpoint("GET", "/version")).body, type=Version),
            user=msgspec.json.decode(reply.body, type=Self),
            token=_token(client),
            projects=known,
            more_projects=projects.next_page is not None,
            hooks=_hooks(client, known),
            skew_s=_skew(reply),
        )
    except msgspec.MsgspecError as error:
        raise PermanentForgeError(f"`{settings.gitlab_url}` does not answer as GitLab does: {error}") from error
    finally:
        client.close()


def _token(client: Client) -> TokenFacts | None:
    """Some kinds of tokens cannot be asked about themselves."""
    try:
        reply = client.call(Endpoint("GET", "/personal_access_tokens/self"))
    except PermanentForgeError:
        return None
    return msgspec.json.decode(reply.body, type=TokenFacts)


def _hooks(client: Client, projects: tuple[ProjectFacts, ...]) -> dict[str, tuple[HookFacts, ...]]:
    """Only a Maintainer may see hooks: where the bot is none, nothing is known of them."""
    found: dict[str, tuple[HookFacts, ...]] = {}
    for project in [entry for entry in projects if entry.level >= MAINTAINER][:HOOKS_LOOKED_AT]:
        try:
            reply = client.call(Endpoint("GET", "/projects/{}/hooks", (project.id,)), {"per_page": 100})
        except ForgeError:
            continue
        found[project.path_with_namespace] = msgspec.json.decode(reply.body, type=tuple[HookFacts, ...])
    return found


def _skew(reply: Reply) -> float | None:
    try:
        return time.time() - parsedate_to_datetime(reply.headers.get("Date", "")).timestamp()
    except ValueError:
        return None


def judge_settings(settings: Settings) -> Iterator[Check]:
    """Say what is weak about the settings themselves."""
    address = urlsplit(settings.gitlab_url)
    if address.scheme == "http" and address.hostname not in NEAR:
        yield Check(
            "settings", "warning", "`gitlab_url` begins with http: whoever is on the way can read the token"
        )
    secret = settings.webhook_token.get_secret_value()
    if 0 < len(secret) < SHORTEST_SECRET and not settings.webhook_signing_token.get_secret_value():
        text = (
            f"the webhook's secret token has {len(secret)} characters and can be guessed: take {SHORTEST_SECRET}"
        )
        yield Check("settings", "warning", f"{text} or more, or a signing token")


def judge(instance: Instance, today: date) -> list[Check]:
    """Say what is right and what is not about what GitLab told."""
    return [
        Check("gitlab", "ok", f"GitLab {instance.version.version} answers as `{instance.user.username}`"),
        *_judge_token(instance, today),
        *_judge_user(instance.user),
        *_judge_projects(instance),
        *_judge_missing_hooks(instance.hooks),
        *(check for path, hooks in instance.hooks.items() for check in _judge_hooks(path, hooks)),
        *_judge_clock(instance.skew_s),
    ]


def _judge_token(instance: Instance, today: date) -> Iterator[Check]:
    token = instance.token
    if token is None:
        yield Check("token", "warning", "the token cannot be asked for its scopes and its end")
        return
    missing = NEEDED_SCOPES - set(token.scopes)
    extra = set(token.scopes) - NEEDED_SCOPES
    if missing:
        yield Check("token", "problem", "the token lacks the scope `api`: the bot can read but write no note")
    if extra - {"read_api", "read_user", "read_repository"}:
        yield Check("token", "warning", f"the token can do more than is needed: {', '.join(sorted(extra))}")
    yield _judge_end(token.expires_at, today)


def _judge_end(expires_at: str | None, today: date) -> Check:
    if not expires_at:
        return Check("token", "warning", "the token never ends; give it an end and renew it")
    days = (date.fromisoformat(expires_at[:10]) - today).days
    state = "problem" if days < 0 else "warning" if days < END_WARNING_DAYS else "ok"
    return Check("token", state, f"the token ends on {expires_at[:10]}, in {days} days")


def _judge_user(user: Self) -> Iterator[Check]:
    if user.is_admin:
        yield Check(
            "user", "problem", f"`{user.username}` is an administrator: use a project or group access token"
        )
    if not user.bot:
        yield Check(
            "user", "warning", f"`{user.username}` is a person's account: a project or group access token is safer"
        )


def _judge_projects(instance: Instance) -> Iterator[Check]:
    projects = instance.projects
    if not projects:
        yield Check("projects", "problem", "the bot is a member of no project")
        return
    weak = [entry.path_with_namespace for entry in projects if entry.level < DEVELOPER]
    if weak:
        yield Check("projects", "warning", f"the bot is less than Developer in {_some(weak)}: it cannot act there")
    strong = [entry.path_with_namespace for entry in projects if entry.level > MAINTAINER]
    if strong:
        yield Check("projects", "warning", f"the bot is Owner of {_some(strong)}: Developer is enough")
    settled = [entry.path_with_namespace for entry in projects if entry.level == MAINTAINER]
    if settled:
        text = f"the bot is Maintainer of {_some(settled)}: once the hook is there, Developer is enough"
        yield Check("projects", "warning", text)
    if len(projects) > MANY_PROJECTS or instance.more_projects:
        yield Check(
            "projects",
            "warning",
            "one token serves many projects: pipelines of its commits can reach all of them (see SECURITY.md)",
        )
    if not weak and not strong and not settled:
        yield Check("projects", "ok", f"{len(projects)} projects, role Developer")


def _judge_missing_hooks(hooks: Mapping[str, tuple[HookFacts, ...]]) -> Iterator[Check]:
    missing = [path for path, known in hooks.items() if not any(hook.is_ours for hook in known)]
    if missing:
        text = f"no hook that ends in /webhook in {_some(missing)} (a group's hook may serve them)"
        yield Check("hooks", "warning", text)


def _judge_hooks(path: str, hooks: tuple[HookFacts, ...]) -> Iterator[Check]:
    for hook in (hook for hook in hooks if hook.is_ours):
        missing = [name for name in WANTED_EVENTS if not getattr(hook, name)]
        if hook.alert_status != "executable":
            yield Check("hooks", "problem", f"GitLab has switched off the hook of `{path}`: {hook.alert_status}")
        if missing:
            yield Check("hooks", "problem", f"the hook of `{path}` does not send {', '.join(missing)}")
        if not (hook.token_present or hook.signing_token_present):
            yield Check("hooks", "problem", f"the hook of `{path}` has no secret: its events are refused")
        if hook.url.startswith("http:") and urlsplit(hook.url).hostname not in NEAR:
            yield Check(
                "hooks", "warning", f"the hook of `{path}` leads over http: its secret can be read on the way"
            )
        if hook.url.startswith("https:") and not hook.enable_ssl_verification:
            yield Check("hooks", "warning", f"the hook of `{path}` does not verify the bot's certificate")


def _judge_clock(skew_s: float | None) -> Iterator[Check]:
    if skew_s is not None and abs(skew_s) > MAX_SKEW_S:
        yield Check(
            "clock", "problem", f"this machine's clock is {skew_s:+.0f} s off GitLab's: signatures will fail"
        )


def _some(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"  # noqa: PLR2004 - three are enough
