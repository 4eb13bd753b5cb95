"""Regular expressions that take linear time on any input: job logs are hostile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import re2  # type: ignore[import-untyped]


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression of RE2's syntax (no look-around, no back-references)."""

    text: str
    _compiled: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", re2.compile(self.text))

    def groups(self, line: str) -> Mapping[str, str] | None:
        """The named groups of the first match in a line, None where there is none."""
        match = self._compiled.search(line)
        if match is None:
            return None
        return {name: value or "" for name, value in match.groupdict().items()}

    def matches(self, line: str) -> bool:
        """Whether the expression stands anywhere in the line."""
        return self._compiled.search(line) is not None


@cache
def expression(text: str) -> Expression:
    """The compiled expression, made once."""
    return Expression(text)
