"""The simulated GitLab on HTTP: authentication, scopes, limits, faults, and a log of every request."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import BodyPartReader, web

from bot.shell.sandbox import access, graphql
from bot.shell.sandbox.api import ROUTES
from bot.shell.sandbox.errors import ApiError, UnknownRequestError, forbidden
from bot.shell.sandbox.faults import FaultPlan, no_faults, spoil
from bot.shell.sandbox.routing import Answer, Call, Route
from bot.shell.sandbox.state import Json, Token, World
from bot.shell.sandbox.views import iso

API = "/api/v4"
WRONG_SCOPE = "The request requires higher privileges than provided by the access token."
MAX_BODY = 120 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request that came, and its answer's status."""

    method: str
    path: str
    status: int


@dataclass
class RateLimit:
    """Requests allowed per period; GitLab's headers go with every answer while a limit is on."""

    requests: int
    period_s: int = 60
    used: int = 0
    resets_at: float = 0.0


@dataclass
class Server:
    """The HTTP side of a world. ``unknown`` are requests that GitLab may know and this does not."""

    world: World
    delay_s: float = 0.0
    faults: FaultPlan = no_faults
    rate_limit: RateLimit | None = None
    requests: list[Request] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def add_to(self, app: web.Application) -> None:
        """Register every call of the API."""
        for route in ROUTES:
            app.router.add_route(route.method, API + route.path, self._handler(route))
        app.router.add_route("POST", "/api/graphql", self._graphql_request)
        app.router.add_route("*", "/api/{rest:.*}", self._unknown_request)

    def _handler(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, route)

        return handle

    async def _graphql_request(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, None)

    async def _unknown_request(self, request: web.Request) -> web.StreamResponse:
        return self._refuse_unknown(request, f"{request.method} {request.path}")

    def _refuse_unknown(self, request: web.Request, reason: str) -> web.Response:
        self.unknown.append(reason)
        self.requests.append(Request(request.method, request.path, 501))
        return web.json_response({"message": f"501 The simulated GitLab does not know: {reason}"}, status=501)

    async def _answer(self, request: web.Request, route: Route | None) -> web.StreamResponse:
        fault = self.faults(request.method, request.path)
        await asyncio.sleep(self.delay_s)
        answer = None
        try:
            if fault is None or fault.after:
                answer = await self._carry_out(request, route)
        except UnknownRequestError as error:
            return self._refuse_unknown(request, str(error))
        status = answer.status if answer is not None else fault.status if fault else 0
        self.requests.append(Request(request.method, request.path, status))
        if fault is not None:
            return await spoil(fault, request, answer)
        if answer is None:
            raise AssertionError("no answer and no fault")
        return answer

    async def _carry_out(self, request: web.Request, route: Route | None) -> web.Response:
        limits = self._limits()
        try:
            token = self._token(request)
            if limits.get("Retry-After"):
                return web.Response(status=429, text="Retry later\n", headers=limits)
            answer = await self._run(request, route, token)
        except ApiError as error:
            text = error.body if isinstance(error.body, str) else _compact(error.body)
            kind = "text/plain" if isinstance(error.body, str) else "application/json"
            return web.Response(status=error.status, text=text, content_type=kind, headers=_headers(limits))
        return _response(answer, _headers(limits))

    async def _run(self, request: web.Request, route: Route | None, token: Token) -> Answer:
        if route is None:
            return await self._graphql(request, token)
        if request.method != "GET" and "api" not in token.scopes:
            raise ApiError(403, {"error": "insufficient_scope", "error_description": WRONG_SCOPE, "scope": "api"})
        args = route.read(list(request.query.items()), await _body(request))
        path = request.path.removeprefix(API)
        call = Call(
            world=self.world, user=token.user, token=token, path=path, params=dict(request.match_info), args=args
        )
        if route.level:
            call.need(route.level)
        if "project" in call.params and request.method != "GET" and not access.level(call.project, token.user):
            raise forbidden()
        return route.handler(call)

    async def _graphql(self, request: web.Request, token: Token) -> Answer:
        body = await _body(request)
        if set(body) - {"query", "variables", "operationName"} or not isinstance(body.get("query"), str):
            raise UnknownRequestError(f"POST /api/graphql with {sorted(body)}")
        found = graphql.answer(self.world, token.user, body["query"], body.get("variables") or {})
        return Answer(found)

    def _token(self, request: web.Request) -> Token:
        value = request.headers.get("PRIVATE-TOKEN") or _bearer_or_password(
            request.headers.get("Authorization", "")
        )
        found = next((token for token in self.world.tokens if token.value == value), None)
        if found is None or found.revoked or found.user.state != "active":
            raise ApiError(401, {"message": "401 Unauthorized"})
        if found.expires_at and found.expires_at <= str(iso(self.world.clock()))[:10]:
            text = "Token is expired. You can either do re-authorization or token refresh."
            raise ApiError(401, {"error": "invalid_token", "error_description": text})
        if not found.scopes & {"api", "read_api"}:
            raise ApiError(403, {"error": "insufficient_scope", "scope": "api read_api"})
        return found

    def _limits(self) -> dict[str, str]:
        limit = self.rate_limit
        if limit is None:
            return {}
        now = self.world.clock()
        if now >= limit.resets_at:
            limit.used, limit.resets_at = 0, now + limit.period_s
        limit.used += 1
        headers = {
            "RateLimit-Limit": str(limit.requests),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(limit.used),
            "RateLimit-Remaining": str(max(0, limit.requests - limit.used)),
            "RateLimit-Reset": str(int(limit.resets_at)),
        }
        if limit.used > limit.requests:
            headers["Retry-After"] = str(max(1, round(limit.resets_at - now)))
        return headers


def _bearer_or_password(header: str) -> str:
    kind, _, value = header.partition(" ")
    if kind.lower() == "basic":
        return base64.b64decode(value).decode("utf-8", "replace").partition(":")[2]
    return value


def _headers(limits: Mapping[str, str]) -> dict[str, str]:
    return {"X-Request-Id": uuid.uuid4().hex.upper()[:26], "X-Runtime": "0.03", **limits}


def _response(answer: Answer, headers: Mapping[str, str]) -> web.Response:
    whole = {**headers, **answer.headers}
    if isinstance(answer.body, bytes):
        return web.Response(status=answer.status, body=answer.body, headers=whole)
    if answer.status == 204 or answer.body is None:  # noqa: PLR2004
        return web.Response(status=answer.status, headers=whole)
    return web.json_response(answer.body, status=answer.status, headers=whole, dumps=_compact)


def _compact(body: object) -> str:
    return json.dumps(body, separators=(",", ":"))


async def _body(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    if request.content_type == "multipart/form-data":
        return await _form(request)
    raw = await request.read()
    if request.content_type != "application/json":
        raise UnknownRequestError(f"a body of type {request.content_type}")
    try:
        body = json.loads(raw)
    except ValueError:
        raise ApiError(400, {"error": "Problems parsing JSON"}) from None
    if not isinstance(body, dict):
        raise ApiError(400, {"error": "The body is no object"})
    return body


async def _form(request: web.Request) -> Json:
    form: Json = {}
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.name:
            content = await part.read()
            form[part.name] = (part.filename, bytes(content)) if part.filename else bytes(content).decode()
    return form
