"""The HTTP side: the webhook receiver, health and metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import structlog
from aiohttp import hdrs, web

from bot.app.ports import ForgeError
from bot.shell.metrics import Metrics
from bot.shell.receiver import Answer, Receiver
from bot.shell.store.database import StoreError

log = structlog.get_logger()

Probe = Callable[[], Awaitable[None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LARGE_BODY = 1024 * 1024
LARGE_BODIES_AT_ONCE = 4
PROBE_TIME_OUT_S = 5
IDLE_S = 30  # also for a connection on which nothing comes
PROBE_KEEPS_S = 5
# A signature covers the bytes as sent, and a small compressed body can be a large one.
SERVER_OPTIONS: dict[str, Any] = {"auto_decompress": False, "access_log": None, "keepalive_timeout": IDLE_S}
TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Web:
    """Handlers over a receiver. ``probe`` raises what keeps the bot from being ready."""

    def __init__(self, receiver: Receiver, metrics: Metrics, probe: Probe, *, read_timeout_s: float) -> None:
        self._receiver = receiver
        self._metrics = metrics
        self._probe = probe
        self._read_timeout_s = read_timeout_s
        self._large = asyncio.Semaphore(LARGE_BODIES_AT_ONCE)
        self._probed: tuple[float, str] = (float("-inf"), "")

    def application(self, max_bytes: int) -> web.Application:
        """The aiohttp application of a process that receives."""
        app = self.watched(max_bytes)
        app.router.add_post("/webhook", self.webhook)
        return app

    def watched(self, max_bytes: int) -> web.Application:
        """That of a process that does not: health and counters alone."""
        app = web.Application(client_max_size=max_bytes, middlewares=[_plain_headers])
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.router.add_get("/metrics", self.metrics)
        return app

    async def webhook(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        started = monotonic()
        answer = await self._take(request)
        self._metrics.deliveries.labels(answer.event, str(answer.status)).inc()
        self._metrics.answer_seconds.observe(monotonic() - started)
        return web.json_response({"status": answer.text}, status=answer.status)

    async def healthz(self, _request: web.Request) -> web.Response:
        """Answer as long as the event loop turns."""
        return web.json_response({"status": "alive"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Whether deliveries can be stored and GitLab can be reached."""
        at, reason = self._probed
        if monotonic() - at > PROBE_KEEPS_S:
            reason = await self._reason_not_ready()
            self._probed = (monotonic(), reason)
        if reason:
            return web.json_response({"status": "not ready", "reason": reason}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(self, _request: web.Request) -> web.Response:
        """The counters."""
        return web.Response(body=self._metrics.render(), headers={hdrs.CONTENT_TYPE: TEXT})

    async def _take(self, request: web.Request) -> Answer:
        headers = {name.lower(): value for name, value in request.headers.items()}
        refused = self._receiver.refuse_early(headers, request.content_length)
        if refused is not None:
            return refused
        try:
            async with asyncio.timeout(self._read_timeout_s):
                body = await self._read(request)
        except TimeoutError:
            return Answer(408, "the body took too long")
        except web.HTTPRequestEntityTooLarge:
            return Answer(413, "the body is too large")
        except (web.RequestPayloadError, ConnectionError):
            return Answer(400, "the body is broken")
        return await self._receiver.receive(headers, body)

    async def _read(self, request: web.Request) -> bytes:
        """Only a few large bodies are in memory at a time."""
        if (request.content_length or LARGE_BODY) < LARGE_BODY:
            return await request.read()
        async with self._large:
            return await request.read()

    async def _reason_not_ready(self) -> str:
        try:
            async with asyncio.timeout(PROBE_TIME_OUT_S):
                await self._probe()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
            log.warning("not_ready", reason=str(error) or type(error).__name__)
            return _for_anybody(error)
        return ""


def _for_anybody(error: Exception) -> str:
    """What keeps the bot from being ready, without the names and addresses that are in its log."""
    match error:
        case StoreError():
            return "deliveries cannot be stored: see the bot's log"
        case ForgeError():
            return "GitLab does not answer, or does not take the token: see the bot's log"
        case TimeoutError():
            return "the store or GitLab did not answer in time"
        case _:
            return "see the bot's log"


@web.middleware
async def _plain_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No page of ours belongs into a frame, a cache or a guess."""
    response = await handler(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers[hdrs.SERVER] = "scansion"
    return response
