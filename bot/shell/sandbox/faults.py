"""Faults that a test or a demo asks the simulated GitLab for."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

HTML_502 = "<html><head><title>502 Bad Gateway</title></head><body>GitLab is not responding</body></html>"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How an answer goes wrong. ``after``: the request takes effect, only its answer is lost.

    ``kind``: `status` (and its fields), `hang`, `reset`, `truncated`, `wrong-types`, `drip`.
    """

    kind: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    text: str = '{"message":"500 Internal Server Error"}'
    content_type: str = "application/json"
    seconds: float = 30.0
    after: bool = False


FaultPlan = Callable[[str, str], Fault | None]


def no_faults(_method: str, _path: str) -> Fault | None:
    """Everything works."""
    return None


def too_many_requests(retry_after: int | None = None) -> Fault:
    """GitLab's 429: plain text, and a header only where it is configured to send one."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(kind="status", status=429, headers=headers, text="Retry later\n", content_type="text/plain")


def bad_gateway() -> Fault:
    """The page that stands before a GitLab that is down."""
    return Fault(kind="status", status=502, text=HTML_502, content_type="text/html")


async def spoil(fault: Fault, request: web.Request, answer: web.Response | None) -> web.StreamResponse:
    """Answer a request the wrong way. ``answer`` is the right one, None where the request was not carried out."""
    body = bytes(answer.body) if answer is not None and isinstance(answer.body, bytes) else b'{"id": 1}'
    if fault.kind == "status":
        return web.Response(
            status=fault.status, text=fault.text, content_type=fault.content_type, headers=fault.headers
        )
    if fault.kind == "hang":
        await asyncio.sleep(fault.seconds)
    if fault.kind in {"hang", "reset"}:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if fault.kind == "wrong-types":
        return _with_wrong_types(body)
    if fault.kind == "truncated":
        return web.Response(body=body[: len(body) // 2], content_type="application/json")
    return await _drip(fault, request, body)


def _with_wrong_types(body: bytes) -> web.Response:
    try:
        return web.json_response(_twisted(json.loads(body or b"null")))
    except ValueError:
        return web.Response(status=500)  # a file or a log has no types


def _twisted(value: object) -> object:
    if isinstance(value, dict):
        return {name: [item] if not isinstance(item, list) else "list" for name, item in value.items()}
    return {"unexpected": value}


async def _drip(fault: Fault, request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):  # nobody waits for the end
        for byte in body:
            await response.write(bytes([byte]))
            await asyncio.sleep(fault.seconds / max(1, len(body)))
    return response
