"""A cause: one module that reads a failed job's log and says why it failed, or stays silent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.diagnosis import Diagnosis
from bot.core.page import Page, read_page
from bot.core.registry import load
from bot.core.snapshot import Snapshot
from bot.core.trace import Trace

REQUIRED = ("What happened", "What to do", "References")


@dataclass(frozen=True, kw_only=True)
class TraceContext:
    """What a cause sees beside the log. ``image`` overrides what log and job say."""

    trace: Trace
    snapshot: Snapshot | None = None
    job: str | None = None
    image: str | None = None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What a cause module exports as ``CAUSE``.

    ``literals`` is the prefilter: the cause is asked only where one of these (lower case) stands in the log.
    ``outranks`` names causes whose diagnosis is a consequence of this one. ``infrastructure``: nobody's change
    is to blame, a retry may help.
    """

    id: str
    diagnose: Callable[[TraceContext], Iterator[Diagnosis]]
    literals: tuple[str, ...]
    outranks: tuple[str, ...] = ()
    infrastructure: bool = False

    @property
    def page(self) -> Page:
        """The page, read from the docstring of the cause's module."""
        return read_page(sys.modules[self.diagnose.__module__].__doc__, REQUIRED)


def all_causes() -> dict[str, Cause]:
    """Every cause by id."""
    return load("bot.core.causes", "CAUSE", Cause)
