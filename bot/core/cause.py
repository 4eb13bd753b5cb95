"""A cause: one module that reads a failed job's log and says why it failed, or stays silent."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.diagnosis import Diagnosis
from bot.core.job_log import JobLog
from bot.core.page import Page, read_page
from bot.core.registry import load
from bot.core.sign import Sign, diagnose_by_signs
from bot.core.snapshot import Snapshot
from bot.core.trace import Trace

REQUIRED = ("What happened", "What to do", "References")


@dataclass(frozen=True, kw_only=True)
class TraceContext:
    """What a cause sees. ``image`` is the one that the job ran in, as far as it is known."""

    log: JobLog
    snapshot: Snapshot | None = None
    job: str | None = None
    image: str | None = None

    @property
    def trace(self) -> Trace:
        """The log as it was read."""
        return self.log.trace


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What a cause module exports as ``CAUSE``: signs where data is enough, ``diagnose`` where code is needed.

    ``literals`` is the prefilter of ``diagnose``: it is asked only where one of these stands in the log (the signs
    have their own). ``outranks`` names causes whose diagnosis is a consequence of this one. ``last_resort``: this
    one is dropped where any other speaks. ``infrastructure``: nobody's change is to blame, a retry may help.
    """

    id: str
    signs: tuple[Sign, ...] = ()
    diagnose: Callable[[TraceContext], Iterator[Diagnosis]] | None = None
    literals: tuple[str, ...] = ()
    outranks: tuple[str, ...] = ()
    last_resort: bool = False
    infrastructure: bool = False

    @property
    def page(self) -> Page:
        """The page, read from the docstring of the cause's module."""
        module = sys.modules[f"bot.core.causes.{self.id.replace('-', '_')}"]
        return read_page(module.__doc__, REQUIRED)

    @property
    def words(self) -> frozenset[str]:
        """Every literal that this cause wants to hear of."""
        return frozenset(self.literals) | {literal for sign in self.signs for literal in sign.literals}

    def ask(self, context: TraceContext) -> Iterator[Diagnosis]:
        """What this cause says of a log: at most one diagnosis by its signs, and those of its code."""
        if self.signs:
            yield from diagnose_by_signs(self.id, self.signs, context.log)
        if self.diagnose and any(context.log.hits.get(literal) for literal in self.literals):
            yield from self.diagnose(context)


def all_causes() -> dict[str, Cause]:
    """Every cause by id."""
    return load("bot.core.causes", "CAUSE", Cause)
