"""The operations page: deliveries, work and dead letters, for the operator's eyes only."""

from __future__ import annotations

import hmac
import ipaddress
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiohttp import hdrs, web

from bot.app.ports import Clock
from bot.shell.page_templates import page_templates
from bot.shell.queue_admin import QueueAdmin
from bot.shell.redact import Redactor
from bot.shell.store.store import Store

SHOWN = 50
USER = "ops"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_REDACTOR = Redactor()
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXY_HEADERS = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host")

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OpsPages:
    """Read-only pages. ``password`` empty: on loopback only, and never through a proxy."""

    def __init__(self, store: Store, clock: Clock, password: str) -> None:
        self._admin = QueueAdmin(store)
        self._clock = clock
        self._password = password
        self._pages = page_templates(_without_secrets)
        self._pages.filters["moment"] = _moment

    def add_to(self, app: web.Application) -> None:
        """Put the pages into an application."""
        app.router.add_get("/", self._guarded(self.overview))
        app.router.add_get("/work/{id:[0-9]{1,18}}", self._guarded(self.work))

    async def overview(self, _request: web.Request) -> web.StreamResponse:
        """What came in, what waits, what failed."""
        return self._render(
            "overview.html",
            counts=await self._admin.counts(),
            deliveries=await self._admin.deliveries(limit=SHOWN),
            waiting=await self._admin.list_work(limit=SHOWN),
            dead=await self._admin.list_work(state="dead", limit=SHOWN),
            ended=await self._admin.outcomes(limit=SHOWN),
            now=self._clock.now(),
        )

    async def work(self, request: web.Request) -> web.StreamResponse:
        """One piece of work with every attempt at it."""
        job_id = int(request.match_info["id"])
        entry = await self._admin.show(job_id)
        attempts = await self._admin.outcomes(limit=SHOWN, job_id=job_id)
        if entry is None and not attempts:
            raise web.HTTPNotFound(text="no such work")
        return self._render("work.html", job_id=job_id, entry=entry, attempts=attempts)

    def _guarded(self, page: Page) -> Page:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if self._password:
                if not self._knows_password(request):
                    raise web.HTTPUnauthorized(
                        headers={hdrs.WWW_AUTHENTICATE: 'Basic realm="Scansion", charset="UTF-8"'}
                    )
            elif not _is_local(request):
                raise web.HTTPForbidden(text="set SCANSION_OPS_PASSWORD to see this page from elsewhere")
            return await page(request)

        return guarded

    def _knows_password(self, request: web.Request) -> bool:
        scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        wanted = b64encode(f"{USER}:{self._password}".encode())
        same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), wanted)
        return scheme.lower() == "basic" and same

    def _render(self, name: str, **values: object) -> web.Response:
        text = self._pages.get_template(name).render(**values)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": POLICY})


def _is_local(request: web.Request) -> bool:
    """A person on this machine: not through a proxy, and not by a name that a web page has put on 127.0.0.1."""
    if any(name in request.headers for name in PROXY_HEADERS):
        return False
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    try:
        near = ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
    return near and host in LOCAL_NAMES


def _without_secrets(value: object) -> object:
    """A lane has its branch's name, and a branch may be named after anything."""
    return _REDACTOR.text(value) if type(value) is str else value


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
