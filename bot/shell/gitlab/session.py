"""The HTTP session under python-gitlab: it keeps the token at home and stops at answers that are no success."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError as TransportError

from bot.shell.gitlab.errors import RefusedError

CHUNK = 64 * 1024
MAX_ERROR_BODY = 64 * 1024
ERROR_BODY_S = 5.0


class TooLargeError(Exception):
    """An answer that is larger than it may be."""


class Session(requests.Session):
    """A session with room for many threads that never sends the token to another host."""

    def __init__(self, connections: int) -> None:
        super().__init__()
        self.mount("https://", HTTPAdapter(pool_maxsize=connections))
        self.mount("http://", HTTPAdapter(pool_maxsize=connections))
        self.hooks["response"].append(_refuse)

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Drop the token from a redirect that leads elsewhere."""
        super().rebuild_auth(prepared_request, response)
        if self.should_strip_auth(response.request.url or "", prepared_request.url or ""):
            prepared_request.headers.pop("PRIVATE-TOKEN", None)


def _refuse(response: requests.Response, **_kwargs: Any) -> None:  # noqa: ANN401 - requests' own interface
    """Raise at once, with the headers that python-gitlab's errors do not carry."""
    if response.status_code >= 400:  # noqa: PLR2004
        try:
            body = read(response, MAX_ERROR_BODY, time.monotonic() + ERROR_BODY_S)
        except (TooLargeError, TimeoutError, TransportError):
            body = b""
        raise RefusedError(response.status_code, response.headers, body)


def read(response: requests.Response, limit: int, deadline: float) -> bytes:
    """Return a body, however slowly it drips in, until ``deadline`` (of time.monotonic)."""
    parts: list[bytes] = []
    size = 0
    with response:
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            size += len(chunk)
            if size > limit:
                raise TooLargeError
            if time.monotonic() > deadline:
                raise TimeoutError
            parts.append(chunk)
    return b"".join(parts)
