"""Is a webhook delivery from GitLab, and which one is it: tokens, signatures, identities."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

SIGNATURE_VERSION = "v1,"
MAX_ID_LENGTH = 200


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """The secrets of the hook. Empty: not in use."""

    token: str = field(default="", repr=False)
    signing_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery is not believed. The reason holds no secret."""

    reason: str


def authenticate(
    headers: Mapping[str, str], body: bytes, secrets: HookSecrets, *, now: float, max_age_s: float
) -> Refusal | None:
    """Return None for a delivery that knows the secret. ``headers`` has lower-case names.

    Where a signing token is set a signature is required: whoever learnt the plain token, which
    travels in every delivery, could otherwise leave the signature away.
    """
    if secrets.signing_token:
        return _check_signature(headers, body, secrets.signing_token, now=now, max_age_s=max_age_s)
    given = headers.get("x-gitlab-token", "")
    if secrets.token and _same(given, secrets.token):
        return None
    return Refusal("the token is wrong" if given else "the token is missing")


def sign(signing_token: str, delivery_id: str, timestamp: str, body: bytes) -> str:
    """The value of `webhook-signature` (Standard Webhooks, as GitLab 19 sends it)."""
    key = base64.b64decode(signing_token.removeprefix("whsec_"))
    message = f"{delivery_id}.{timestamp}.".encode() + body
    digest = hmac.new(key, message, hashlib.sha256).digest()
    return SIGNATURE_VERSION + base64.b64encode(digest).decode()


def delivery_id(headers: Mapping[str, str], body: bytes) -> str:
    """The identity that GitLab keeps over retries and resends, else a hash of what was sent.

    `X-Gitlab-Webhook-UUID` is another one at each attempt, and chains of events share
    `X-Gitlab-Event-UUID`: neither identifies a delivery.
    """
    known = headers.get("webhook-id") or headers.get("idempotency-key")
    if known and known.isascii() and known.isprintable() and len(known) <= MAX_ID_LENGTH:
        return known
    event = headers.get("x-gitlab-event", "").encode("utf-8", "surrogateescape")
    return hashlib.sha256(event + b"\0" + body).hexdigest()


def _check_signature(
    headers: Mapping[str, str], body: bytes, signing_token: str, *, now: float, max_age_s: float
) -> Refusal | None:
    given = headers.get("webhook-signature", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not given:
        return Refusal("the signature is missing")
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:  # noqa: PLR2004 - year 33658
        return Refusal("the timestamp of the signature is missing or not a number")
    if abs(now - int(timestamp)) > max_age_s:
        return Refusal("the signature is too old, or one of the clocks is wrong")
    expected = sign(signing_token, headers.get("webhook-id", ""), timestamp, body)
    matches = [_same(entry, expected) for entry in given.split(" ")]
    return None if any(matches) else Refusal("the signature is wrong")


def _same(given: str, expected: str) -> bool:
    """Constant time, and safe for text that is not ASCII (aiohttp decodes headers with surrogates)."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected.encode())
