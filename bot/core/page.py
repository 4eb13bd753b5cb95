"""The page of a rule or a cause: its module's docstring, read into headings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEADING = re.compile(r"^([A-Z][a-z ]+)\n-{3,}$", re.MULTILINE)


class PageError(Exception):
    """A module's docstring is no page."""


@dataclass(frozen=True, slots=True)
class Page:
    """``summary`` is the first line; ``sections`` maps a heading to its Markdown, in order."""

    summary: str
    sections: Mapping[str, str]


def read_page(docstring: str | None, required: tuple[str, ...]) -> Page:
    """Read a docstring with headings underlined by dashes; raises PageError where a required one is missing."""
    if not docstring:
        raise PageError("the module has no docstring")
    text = inspect.cleandoc(docstring)
    parts = _HEADING.split(text)
    sections = {title: body.strip() for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    missing = [title for title in required if not sections.get(title)]
    if missing:
        raise PageError(f"the docstring lacks: {', '.join(missing)}")
    return Page(parts[0].split("\n", 1)[0].strip(), sections)
