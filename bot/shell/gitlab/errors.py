"""Everything that goes wrong with GitLab, as the port's errors, in sentences without secrets."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

import requests

from bot.app.ports import (
    ConflictError,
    ForbiddenError,
    ForgeError,
    InvalidPositionError,
    NotFoundError,
    PermanentForgeError,
    TransientForgeError,
)

MAX_REASON = 300
LONGEST_WAIT_S = 3600.0
TOO_EARLY, TOO_MANY = 425, 429
_TRANSIENT = frozenset({408, TOO_EARLY, TOO_MANY, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_REQUEST_IN_THE_WAY = re.compile(r"already exists for this source branch: !(\d+)")
_CHANGED_MEANWHILE = ("has changed since you started editing", "Could not update refs/", "already exists")
_PROTECTED = ("not allowed to push", "not allowed to force push")


class HostError(TransientForgeError):
    """The host itself failed: no connection, no answer in time, or a fault of its own."""


class RefusedError(Exception):
    """An HTTP answer that is no success, as it came."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(str(status))
        self.status = status
        self.headers = headers
        self.body = body


def from_answer(what: str, refused: RefusedError, now: float) -> ForgeError:
    """Return the error that an answer means. ``what`` names the call."""
    status, reason = refused.status, _reason(refused.body)
    text = f"GitLab answered {status} to {what}" + (f": {reason}" if reason else "")
    if status == TOO_MANY:
        return TransientForgeError(f"GitLab's rate limit was reached at {what}", retry_after(refused.headers, now))
    if status in _TRANSIENT:
        return HostError(text, retry_after(refused.headers, now))
    return _permanent(status, reason, text)


def _permanent(status: int, reason: str, text: str) -> PermanentForgeError:
    if status == 401:  # noqa: PLR2004
        return PermanentForgeError(f"{text}. The token is wrong, revoked or expired")
    if status == 403 or any(mark in reason for mark in _PROTECTED):  # noqa: PLR2004
        return ForbiddenError(text)
    if status == 404:  # noqa: PLR2004
        return NotFoundError(text)
    known = _REQUEST_IN_THE_WAY.search(reason)
    if status == 409 or known or any(mark in reason for mark in _CHANGED_MEANWHILE):  # noqa: PLR2004
        return ConflictError(text, int(known[1]) if known else None)
    if "line_code" in reason:
        return InvalidPositionError(text)
    return PermanentForgeError(text)


def from_network(what: str, error: Exception) -> ForgeError:
    """Return the error that a failed connection means; its own text may hold addresses and is left out."""
    if isinstance(error, requests.exceptions.SSLError):
        return PermanentForgeError(f"GitLab's certificate was not accepted at {what}")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema)):
        return PermanentForgeError("the address of GitLab is no URL")
    if isinstance(error, (requests.Timeout, TimeoutError)):
        return HostError(f"GitLab did not answer {what} in time")
    return HostError(f"the connection to GitLab failed at {what} ({type(error).__name__})")


def not_understood(what: str, reason: str) -> TransientForgeError:
    """The error for an answer that is no JSON, cut off, or of another shape."""
    return TransientForgeError(f"GitLab's answer to {what} was not understood: {reason[:MAX_REASON]}")


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return how long GitLab asked to wait, None where it did not say. ``now`` is used where it tells no time."""
    now = _moment(headers.get("Date", "")) or now  # the clock by which a moment was meant; ours may be wrong
    for name, start in (("Retry-After", 0.0), ("RateLimit-Reset", now)):
        value = headers.get(name, "")
        if value.isdigit():
            return _bounded(float(value) - start)
        if (moment := _moment(value)) is not None:  # a proxy may send a date
            return _bounded(moment - now)
    return None


def _moment(date: str) -> float | None:
    with contextlib.suppress(ValueError):
        return parsedate_to_datetime(date).timestamp()
    return None


def _bounded(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST_WAIT_S)


def _reason(body: bytes) -> str:
    """GitLab's own words; of anything but its JSON (a proxy's page) nothing."""
    try:
        decoded = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(decoded, dict):
        return ""
    found = decoded.get("message") or decoded.get("error_description") or decoded.get("error") or ""
    return " ".join(_words(found).split())[:MAX_REASON]


def _words(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name} {_words(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "; ".join(_words(item) for item in value)
    return str(value)
