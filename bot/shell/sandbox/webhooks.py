"""Sends webhooks as GitLab does: signed, logged, never by itself a second time, and less to a hook that fails."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.shell.sandbox import views
from bot.shell.sandbox.state import Hook, Json, Project, World

ANSWER_LIMIT_S = 10.0
MAX_BODY = 25 * 1024 * 1024
FREE_FAILURES = 3
MAX_FAILURES = 40
LONGEST_PAUSE_MIN = 24 * 60
STORED_BODY = 8 * 1024
EVENT_NAMES: Mapping[str, str] = {
    "push_events": "Push Hook",
    "merge_requests_events": "Merge Request Hook",
    "pipeline_events": "Pipeline Hook",
    "job_events": "Job Hook",
    "note_events": "Note Hook",
    "emoji_events": "Emoji Hook",
}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One webhook on its way. ``key`` is its idempotency key: a resend has the same."""

    hook: Hook
    trigger: str
    body: bytes = field(repr=False)
    key: str
    event_uuid: str


Arrange = Callable[[list[Delivery]], list[Delivery]]


def in_order(waiting: list[Delivery]) -> list[Delivery]:
    """Send everything once, in the order of the events."""
    return waiting


@dataclass
class Webhooks:
    """The sender. ``arrange`` may drop, double or mix what waits; ``signed`` sends the headers of GitLab 19."""

    world: World
    auto_disable: bool = False
    signed: bool = True
    arrange: Arrange = in_order
    answer_limit_s: float = ANSWER_LIMIT_S
    sent: list[Delivery] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)
    _waiting: list[Delivery] = field(default_factory=list)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._idle.set()
        self._running.set()

    def emit(self, project: Project, trigger: str, payload: Json) -> None:
        """Queue an event for every hook that asked for it: the project's, and those of its groups."""
        groups = [hooks for path, hooks in self.world.group_hooks.items() if project.path.startswith(f"{path}/")]
        body = json.dumps(payload).encode()
        for hook in [*project.hooks, *(hook for hooks in groups for hook in hooks)]:
            if trigger in hook.events and len(body) <= MAX_BODY:
                self._queue(hook, trigger, body)

    def emit_to(self, hook: Hook, trigger: str, payload: Json) -> None:
        """Queue a test event for one hook."""
        self._queue(hook, trigger, json.dumps(payload).encode())

    def send_again(self, entry: Json) -> None:
        """Repeat a delivery of a hook's log: with the same data and the same idempotency key."""
        self.send(entry["delivery"])

    def _queue(self, hook: Hook, trigger: str, body: bytes) -> None:
        key, event = str(uuid.uuid4()), str(uuid.uuid4())
        self.send(Delivery(hook=hook, trigger=trigger, body=body, key=key, event_uuid=event))

    def send(self, delivery: Delivery) -> None:
        """Queue a delivery; one that was sent before is a resend."""
        self._waiting.append(delivery)
        self._idle.clear()
        self._wake.set()

    def pause(self) -> None:
        """Let deliveries wait."""
        self._running.clear()

    def resume(self) -> None:
        """Send what waits."""
        self._running.set()

    async def delivered(self) -> None:
        """Wait until nothing is on its way."""
        await self._idle.wait()

    async def run(self) -> None:
        """Send for ever."""
        async with ClientSession() as session:
            while True:
                await self._wake.wait()
                await self._running.wait()
                batch, self._waiting = self.arrange(self._waiting), []
                self._wake.clear()
                for delivery in batch:
                    await self._deliver(session, delivery)
                if not self._waiting:
                    self._idle.set()

    async def _deliver(self, session: ClientSession, delivery: Delivery) -> None:
        hook = delivery.hook
        if self._is_off(hook):
            return
        headers = self._headers(delivery)
        started = self.world.clock()
        status, text = await self._post(session, delivery, headers)
        self.sent.append(delivery)
        self.answers.append((EVENT_NAMES[delivery.trigger], status))
        self._count(hook, ok=0 < status < 400)  # noqa: PLR2004 - 2xx and 3xx are success
        hook.log.insert(0, _log_entry(self.world, delivery, headers, (status, text, self.world.clock() - started)))

    async def _post(
        self, session: ClientSession, delivery: Delivery, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        limit = ClientTimeout(total=self.answer_limit_s)
        url, body = delivery.hook.url, delivery.body
        try:
            async with session.post(
                url, data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as answer:
                return answer.status, (await answer.text())[:STORED_BODY]
        except (ClientError, TimeoutError, OSError) as error:
            return 0, str(error)

    def _is_off(self, hook: Hook) -> bool:
        paused = hook.disabled_until is not None and self.world.clock() < hook.disabled_until
        return self.auto_disable and (hook.disabled or paused)

    def _count(self, hook: Hook, *, ok: bool) -> None:
        hook.failures = 0 if ok else hook.failures + 1
        over = hook.failures - FREE_FAILURES
        hook.disabled = hook.failures >= MAX_FAILURES
        pause_min = min(2 ** max(0, over - 1), LONGEST_PAUSE_MIN)
        hook.disabled_until = self.world.clock() + 60 * pause_min if over > 0 else None

    def _headers(self, delivery: Delivery) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"GitLab/{self.world.version}-ee",
            "X-Gitlab-Event": EVENT_NAMES[delivery.trigger],
            "X-Gitlab-Instance": self.world.base_url,
            "X-Gitlab-Webhook-UUID": str(uuid.uuid4()),
            "X-Gitlab-Event-UUID": delivery.event_uuid,
            "Idempotency-Key": delivery.key,
        }
        if delivery.hook.token:
            headers["X-Gitlab-Token"] = delivery.hook.token
        if self.signed:
            stamp = str(int(self.world.clock()))
            headers |= {"webhook-id": delivery.key, "webhook-timestamp": stamp}
            if delivery.hook.signing_token:
                headers["webhook-signature"] = sign(
                    delivery.hook.signing_token, delivery.key, stamp, delivery.body
                )
        return headers


def sign(signing_token: str, key: str, stamp: str, body: bytes) -> str:
    """Return the Standard Webhooks signature of a delivery."""
    secret = base64.b64decode(signing_token.removeprefix("whsec_"))
    digest = hmac.new(secret, f"{key}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _log_entry(
    world: World, delivery: Delivery, headers: Mapping[str, str], answer: tuple[int, str, float]
) -> Json:
    status, text, duration = answer
    shown = {name: "[REDACTED]" if name == "X-Gitlab-Token" else value for name, value in headers.items()}
    return {
        "id": world.next_id(),
        "url": delivery.hook.url,
        "trigger": delivery.trigger.replace("_events", "_hooks"),
        "request_headers": shown,
        "request_data": json.loads(delivery.body),
        "response_headers": {},
        "response_body": text,
        "response_status": str(status) if status else "internal error",
        "execution_duration": round(duration, 3),
        "created_at": views.iso(world.now()),
        "delivery": delivery,
    }
