"""Stanzas of Packages and Sources, and their relation fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

RELATION = re.compile(r"\s*([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9]+)?\s*(?:\(([^)]*)\))?")


def read_stanzas(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    """Yield each stanza as its fields; continued lines are joined with a space."""
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t":
            if name:
                fields[name] += f" {line.strip()}"
        else:
            name, _, value = line.partition(":")
            fields[name] = value.strip()
    if fields:
        yield fields


def relations(field: str) -> list[list[str]]:
    """Return the groups of a relation field, each with its alternatives by name."""
    groups = (
        [found[1] for part in group.split("|") if (found := RELATION.match(part))] for group in field.split(",")
    )
    return [names for names in groups if names]
