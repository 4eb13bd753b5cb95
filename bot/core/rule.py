"""A rule: one module that looks at a snapshot through a context and yields findings."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.page import Page, read_page
from bot.core.registry import load

Check = Callable[[Context], Iterator[Finding | Skipped]]
REQUIRED = ("Why", "Example", "Instead", "Limits", "References")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What a rule module exports as ``RULE``.

    ``severity`` and ``confidence`` are its usual ones; a finding may carry others. ``fix`` is the strongest
    applicability that it offers, None for a rule without fixes.
    """

    id: str
    severity: Severity
    confidence: Confidence
    check: Check
    fix: Applicability | None = None

    @property
    def page(self) -> Page:
        """The page, read from the docstring of the rule's module."""
        required = REQUIRED if self.fix is None else (*REQUIRED[:3], "Fix safety", *REQUIRED[3:])
        return read_page(sys.modules[self.check.__module__].__doc__, required)


def all_rules() -> dict[str, Rule]:
    """Every rule by id."""
    return load("bot.core.rules", "RULE", Rule)
