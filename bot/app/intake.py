"""Reads a webhook body: which event it is, what identifies it, and the work that follows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import msgspec

from bot.app.event import Event
from bot.app.ports import WorkItem
from bot.core.registry import load
from bot.core.webhook import delivery_id

Body = TypeVar("Body")


class NotJsonError(Exception):
    """The body is not JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A delivery as understood. ``remark`` says why nothing follows from it, where that is worth a log line."""

    id: str
    event: str
    keys: tuple[str, ...]
    items: tuple[WorkItem, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What names the event: system hooks lack ``object_kind`` at times."""

    object_kind: str | None = None
    event_name: str | None = None
    event_type: str | None = None


def read_delivery(headers: Mapping[str, str], body: bytes) -> Intake:
    """Understand a delivery. Raises NotJsonError; anything else that is strange gives no work and a remark.

    A maintainer can replace the body by a template, so any field may be missing in an authentic delivery.
    """
    name = delivery_id(headers, body)
    keys = (_key("id", name),)
    kind, remark = _read(body, _Kind)
    if kind is None:
        return Intake(id=name, event="unknown", keys=keys, remark=remark)
    event = _events().get(kind.object_kind or kind.event_name or kind.event_type or "")
    if event is None:
        return Intake(id=name, event="other", keys=keys)
    payload, remark = _read(body, event.payload)
    if payload is None:
        return Intake(id=name, event=event.id, keys=keys, remark=remark)
    happening = event.identity(payload)
    both = (*keys, _key(event.id, happening)) if happening else keys
    return Intake(id=name, event=event.id, keys=both, items=event.plan(payload))


def _key(kind: str, text: str) -> str:
    """Short and of one alphabet, whatever the sender wrote."""
    return f"{kind}:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


@cache
def _events() -> dict[str, Event]:
    return {event.object_kind: event for event in load("bot.app.events", "EVENT", Event).values()}


def _read(body: bytes, shape: type[Body]) -> tuple[Body | None, str]:
    try:
        return msgspec.json.decode(body, type=shape), ""
    except msgspec.ValidationError as error:
        _require_json(body)
        return None, str(error)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotJsonError(str(error)) from error
    except RecursionError as error:
        raise NotJsonError("it is nested too deeply") from error


def _require_json(body: bytes) -> None:
    """A wrong type is noticed before the rest of the body is looked at."""
    try:
        msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
