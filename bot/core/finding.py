"""What a rule says: a finding at a place, with its weight, its certainty and perhaps a fix."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.core.fix import Fix
from bot.core.span import Span


class Severity(StrEnum):
    """What it costs to leave the finding alone."""

    ERROR = "error"  # a job fails, or something leaks or is published by mistake
    WARNING = "warning"  # time is lost in every pipeline, or a later change breaks it
    INFO = "info"  # worth knowing

    @property
    def rank(self) -> int:
        """Order of weight: 0 is the heaviest."""
        return list(Severity).index(self)


class Confidence(StrEnum):
    """How sure a rule or a cause is that it is right."""

    HIGH = "high"  # follows from what is written in the evidence
    MEDIUM = "medium"  # follows with a usual assumption, which the message names
    LOW = "low"  # a hint; never acted on without a person


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span of a file of the snapshot. Paths are POSIX strings from the root of the repository."""

    path: str
    span: Span


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One place where a rule does not hold.

    ``subject`` names what the finding is about in words that survive moved lines (a package, an option, a
    repository), so that the fingerprint stays the same while the file around the finding changes.
    """

    rule: str
    severity: Severity
    confidence: Confidence
    message: str
    location: Location
    job: str | None = None
    subject: str = ""
    related: tuple[Location, ...] = ()
    fix: Fix | None = None
    fix_refused: str = ""  # why there is no fix where the rule usually has one

    @property
    def fingerprint(self) -> str:
        """Sixteen hex digits that name this finding in every run: rule, path and subject, no line number.

        The job is left out: one mistake in a template is one finding, however many jobs share it.
        """
        parts = (self.rule, self.location.path, self.subject or self.message)
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question that a rule could not answer, and the fact that it lacked."""

    rule: str
    reason: str
    job: str | None = None
