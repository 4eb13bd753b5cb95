"""What the one note of a merge request says, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from bot.core.diagnosis import Diagnosis, Evidence, Fault
from bot.core.finding import Finding
from bot.core.source import SourceFile


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A failed job and the page of its log."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One reason why jobs failed. ``also_in`` are jobs that would fail the same way.

    ``diagnosis`` is None where no cause explains it; ``notable`` then holds lines worth a look.
    """

    diagnosis: Diagnosis | None
    jobs: tuple[FailedJob, ...]
    fault: Fault = Fault.UNKNOWN
    fault_reason: str = ""
    also_in: tuple[str, ...] = ()
    notable: tuple[Evidence, ...] = ()

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The lines to show: of the first job's log."""
        return self.diagnosis.evidence if self.diagnosis else self.notable


@dataclass(frozen=True, slots=True)
class Told:
    """The failed pipelines that a note tells of.

    ``extra`` are those that are not the head's (of a merge train, a child) and hold for the commit ``at``.
    """

    head: int = 0
    extra: tuple[int, ...] = ()
    at: str = ""


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses on GitLab and of the bot's own pages. ``ref`` is the commit that places are shown at."""

    project_url: str
    ref: str
    pages_url: str = ""

    def place(self, path: str, line: int) -> str:
        """A line of a file."""
        return f"{self.project_url}/-/blob/{quote(self.ref, safe='')}/{quote(path, errors='replace')}#L{line}"

    def page(self, id: str) -> str:  # noqa: A002 - the interface's word
        """The page of a rule, a cause or a command; empty where the bot has no public address."""
        return f"{self.pages_url.rstrip('/')}/explain/{quote(id, safe='')}" if self.pages_url else ""


@dataclass(frozen=True, kw_only=True)
class Contents:
    """All that a note may say.

    ``treatments`` tells by fingerprint or signature what is done about it; ``threads`` holds those that a thread
    is about. ``remarks`` are sentences about the bot's own doing: a policy it cannot read, a limit
    that was reached.
    """

    links: Links
    files: Mapping[str, SourceFile] = field(default_factory=dict, repr=False)
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    treatments: Mapping[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    fixup: str = ""
    fixup_iid: int = 0
    threads: frozenset[str] = frozenset()
    patch: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell anybody."""
        return not (self.findings or self.failures or self.remarks)
