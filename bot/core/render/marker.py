"""Hidden markers: how the bot knows its own notes, threads and merge requests, and what it keeps in them.

A marker is an HTML comment with a kind and a small value in base64, so that nothing in the value can end the
comment. Whoever finds one must also look at the author: anybody can copy a marker.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import TypeVar

import msgspec

T = TypeVar("T")
_MARKER = re.compile(r"\n*<!-- scansion:([a-z]+):v1 ([\w=-]*) -->")


def marked(kind: str, body: str, value: object) -> str:
    """Return the body with a marker behind it."""
    data = base64.urlsafe_b64encode(msgspec.json.encode(value)).decode()
    return f"{body.rstrip()}\n\n<!-- scansion:{kind}:v1 {data} -->"


def read_marker(kind: str, body: str, shape: type[T]) -> T | None:
    """Return the value of the body's last marker of a kind; None where there is none that can be read."""
    found = [match.group(2) for match in _MARKER.finditer(body) if match.group(1) == kind]
    if not found:
        return None
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(found[-1]), type=shape)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return None


def without_marker(body: str) -> str:
    """Return what people see of a body."""
    return _MARKER.sub("", body.replace("\r\n", "\n")).strip()


def digest(body: str) -> str:
    """Twelve hex digits of what people see: another digest means that somebody edited it."""
    return hashlib.sha256(without_marker(body).encode(errors="replace")).hexdigest()[:12]
