"""TOML as values with places: `tomllib` to read, and the exact span of a string found by proof."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.span import Span

_PLACE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_CONFLICT = re.compile(r"^(<{7}|={7}|>{7})( .*)?\r?$", re.MULTILINE)
_PROBE = "scansion-probe"


@dataclass(frozen=True)
class TomlDocument:
    """A document, or why it is none: ``error`` is a clause for the reader, ``error_line`` counts from 1."""

    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    error: str = ""
    error_line: int = 1


def parse_toml(text: str) -> TomlDocument:
    """Parse a TOML text; never raises."""
    try:
        return TomlDocument(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return _broken(text, str(error))


def _broken(text: str, message: str) -> TomlDocument:
    marker = _CONFLICT.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        return TomlDocument(error="it holds the conflict markers of an unfinished merge", error_line=line)
    place = _PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    reason = _PLACE.sub("", message).strip() or "it is no valid TOML"
    return TomlDocument(error=f"it is no valid TOML ({reason[0].lower()}{reason[1:]})", error_line=line)


def table(data: Mapping[str, Any], *route: str) -> Mapping[str, Any]:
    """Return the table at a route, an empty one where there is none."""
    node: Any = data
    for key in route:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else {}


def text_at(data: Mapping[str, Any], *route: str) -> str | None:
    """Return the string at a route, None where there is none."""
    value = table(data, *route[:-1]).get(route[-1])
    return value if isinstance(value, str) else None


def texts_at(data: Mapping[str, Any], *route: str) -> tuple[str, ...]:
    """Return the strings of the array at a route."""
    value = table(data, *route[:-1]).get(route[-1])
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def tables_at(data: Mapping[str, Any], *route: str) -> tuple[Mapping[str, Any], ...]:
    """Return the tables of the array at a route."""
    value = table(data, *route[:-1]).get(route[-1])
    return tuple(item for item in value if isinstance(item, Mapping)) if isinstance(value, list) else ()


def locate_text(text: str, route: Sequence[str]) -> Span | None:
    """Return the span of a one-line string value without its quotes, None where it cannot be told.

    A candidate is proved: with another text in its place the document changes at the route and nowhere else
    would do. So comments, multi-line strings, dotted keys and inline tables need no parser of our own.
    """
    value = text_at(parse_toml(text).data, *route)
    if value is None:
        return None
    key = re.escape(route[-1])
    pattern = re.compile(rf"""["']?\b{key}["']?[ \t]*=[ \t]*(["'])({re.escape(value)})\1""")
    for match in pattern.finditer(text):
        span = Span(*match.span(2))
        changed = text[: span.start] + _PROBE + text[span.end :]
        if text_at(parse_toml(changed).data, *route) == _PROBE:
            return span
    return None
