"""Decides what a webhook gets as its answer, and has it on disk before it does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

import structlog

from bot.app.intake import Intake, NotJsonError, read_delivery
from bot.app.ports import Clock, Delivery, WorkQueue
from bot.core.webhook import HookSecrets, authenticate
from bot.shell.store.database import StoreError

log = structlog.get_logger()

STORE_TIME_OUT_S = 8  # GitLab waits ten seconds
REFUSALS_LOGGED_EVERY_S = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a few words; ``event`` is for the counters."""

    status: int
    text: str
    event: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What deliveries are taken."""

    secrets: HookSecrets
    max_age_s: float
    max_bytes: int


class Receiver:
    """The webhook endpoint without HTTP."""

    def __init__(self, queue: WorkQueue, clock: Clock, rules: Rules) -> None:
        self._queue = queue
        self._clock = clock
        self._rules = rules
        self._refusals = _Sparse()

    def refuse_early(self, headers: Mapping[str, str], length: int | None) -> Answer | None:
        """What can be refused without reading the body: nobody unknown gets to fill the memory."""
        if length is not None and length > self._rules.max_bytes:
            return Answer(413, "the body is too large")
        if self._rules.secrets.signing_token:
            return None if headers.get("webhook-signature") else self._refused("the signature is missing")
        return self._authenticate(headers, b"")

    async def receive(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Authenticate, understand, store."""
        refused = self._authenticate(headers, body)
        if refused is not None:
            return refused
        try:
            intake = read_delivery(headers, body)
        except NotJsonError:
            return Answer(400, "the body is not JSON")
        if intake.remark:
            log.warning(
                "delivery_not_understood", event_kind=intake.event, delivery=intake.id, reason=intake.remark
            )
        if not intake.items:
            return Answer(200, "nothing to do", intake.event)
        return await self._store(intake)

    async def _store(self, intake: Intake) -> Answer:
        summary = ", ".join(f"{item.kind} {item.lane}" for item in intake.items)
        delivery = Delivery(
            id=intake.id, event=intake.event, keys=intake.keys, received_at=self._clock.now(), summary=summary
        )
        try:
            async with asyncio.timeout(STORE_TIME_OUT_S):
                added = await self._queue.add(delivery, intake.items)
        except (StoreError, TimeoutError) as error:
            log.error("delivery_not_stored", delivery=intake.id, reason=str(error) or "it took too long")  # noqa: TRY400
            return Answer(503, "it cannot be stored now", intake.event)
        if not added:
            return Answer(200, "known already", intake.event)
        log.info("delivery_stored", kind=intake.event, delivery=intake.id, work=summary)
        return Answer(202, "stored", intake.event)

    def _authenticate(self, headers: Mapping[str, str], body: bytes) -> Answer | None:
        rules = self._rules
        refusal = authenticate(headers, body, rules.secrets, now=self._clock.now(), max_age_s=rules.max_age_s)
        return None if refusal is None else self._refused(refusal.reason)

    def _refused(self, reason: str) -> Answer:
        if self._refusals.due():
            log.warning("delivery_refused", reason=reason, others=self._refusals.swallowed)
        return Answer(401, reason)


class _Sparse:
    """Lets one log line a second through: a flood of strangers must not fill the disk."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._waiting = 0
        self.swallowed = 0

    def due(self) -> bool:
        if monotonic() - self._last < REFUSALS_LOGGED_EVERY_S:
            self._waiting += 1
            return False
        self._last, self.swallowed, self._waiting = monotonic(), self._waiting, 0
        return True
