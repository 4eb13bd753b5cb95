"""Why a job failed, with the lines that prove it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum

from bot.core.finding import Confidence
from bot.core.fix import Applicability, Fix
from bot.core.install_time import InstallTime


class Verdict(StrEnum):
    """What was made of one log. The words are public (see the interface)."""

    DIAGNOSED = "diagnosed"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    NO_TRACE = "no-trace"
    PARTIAL_TRACE = "partial-trace"


class Fault(StrEnum):
    """Whose fault a failure is, as far as the history shows."""

    THIS_CHANGE = "this-change"
    ALREADY_RED = "already-red"
    FLAKY = "flaky"
    INFRASTRUCTURE = "infrastructure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is missing or wrong: ``kind`` is one of the interface's words (`header`, `command`, ...)."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class PythonPackage:
    """The Python package whose installation or upload failed."""

    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What is known of the image that the job ran in. Empty strings are unknown."""

    reference: str = ""
    distribution: str = ""
    release: str = ""
    libc: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True)
class Install:
    """System packages for one package manager, sorted."""

    manager: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A line of the log: its number in the raw log and its visible text."""

    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One reason for a failure. ``hint`` is a better way than the fix, where there is one.

    ``fix_refused`` says why there is no fix where the cause usually has one.
    """

    cause: str
    confidence: Confidence
    message: str
    evidence: tuple[Evidence, ...]
    subject: Subject | None = None
    python_package: PythonPackage | None = None
    image: ImageFacts | None = None
    install: Install | None = None
    hint: str = ""
    infrastructure: bool = False
    fixes: tuple[Fix, ...] = ()
    fix_refused: str = ""

    @property
    def signature(self) -> str:
        """Sixteen hex digits that name this failure in every job and run: cause and subject."""
        subject = (self.subject.kind, self.subject.name) if self.subject else ("", "")
        return hashlib.sha256("\0".join((self.cause, *subject)).encode(errors="replace")).hexdigest()[:16]

    @property
    def certain_fix(self) -> Fix | None:
        """The fix that may be made without a person, None where there is none."""
        if self.confidence is not Confidence.HIGH:
            return None
        return next((fix for fix in self.fixes if fix.applicability is Applicability.SAFE), None)

    @property
    def offered_fix(self) -> Fix | None:
        """The fix that a person may take: the certain one, else one to be read first."""
        others = (fix for fix in self.fixes if fix.applicability is not Applicability.DISPLAY)
        return self.certain_fix or next(others, None)


@dataclass(frozen=True, kw_only=True)
class TraceReport:
    """What was made of one log. ``notable`` are lines worth a look where no cause explains the failure.

    ``install_time`` is what `poetry install` took, where the job came further than that.
    """

    verdict: Verdict
    diagnoses: tuple[Diagnosis, ...] = ()
    notable: tuple[Evidence, ...] = field(default=())
    install_time: InstallTime | None = None
