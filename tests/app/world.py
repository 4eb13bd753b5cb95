"""A small world for use cases: a project, and a judge with three plain rules and one cause.

The judge stands in for the core's rules, which change for their own reasons; everything else is real.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.app.judge import Judge
from bot.app.ports import Services
from bot.core.check import Report
from bot.core.diagnosis import Diagnosis, Evidence, Subject, TraceReport, Verdict
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fix import Applicability, Edit, Fix
from bot.core.span import Span
from tests.fakes import FakeClock, FakeForge, FakeMemory, FakeQueue

CI = """\
image: python:3.11-slim
test:
  script:
    - poetry install
    - poetry run pytest
"""
PYPROJECT = """\
[project]
name = "app"
version = "0.1.0"
"""
NEEDS_LIBPQ = """\
Running with gitlab-runner 18.6.0
$ poetry install
needs libpq-dev
ERROR: Job failed: exit code 1
"""


def _needs(log: str) -> list[tuple[int, str]]:
    return [
        (number, line.removeprefix("needs ").strip())
        for number, line in enumerate(log.splitlines(), 1)
        if line.startswith("needs ")
    ]


def install_fix(text: str, package: str) -> Fix:
    """Insert an install line before `poetry install`."""
    at = text.index("    - poetry install")
    line = f"    - apt-get install -y {package}\n"
    edit = Edit(".gitlab-ci.yml", Span(at, at), line)
    return Fix(f"Install `{package}` in `test`", Applicability.SAFE, (edit,))


def check(snapshot, policy) -> Report:
    found = [*_cache(snapshot), *_version(snapshot), *_missing(snapshot)]
    return Report(findings=tuple(item for item in found if item.rule not in policy.disabled_rules))


def _cache(snapshot):
    text = snapshot.text(".gitlab-ci.yml")
    if text and "cache:" not in text and "test:\n" in text:
        at = text.index("test:\n") + len("test:\n")
        edit = Edit(".gitlab-ci.yml", Span(at, at), "  cache: {paths: [.venv]}\n")
        yield Finding(
            rule="uncached-install",
            severity=Severity.WARNING,
            confidence=Confidence.HIGH,
            message="`test` installs the same packages anew in every pipeline.",
            location=Location(".gitlab-ci.yml", Span(at, at)),
            job="test",
            subject="test",
            fix=Fix("Cache the virtual environment", Applicability.SAFE, (edit,)),
        )


def _version(snapshot):
    text = snapshot.text("pyproject.toml") or ""
    match = re.search(r'version = "(0\.1\.0)"', text)
    if match:
        span = Span(match.start(1), match.end(1))
        yield Finding(
            rule="duplicate-version",
            severity=Severity.ERROR,
            confidence=Confidence.HIGH,
            message="Version `0.1.0` of `app` is in the registry already; `0.1.1` is free.",
            location=Location("pyproject.toml", span),
            subject="0.1.0",
            fix=Fix("Take version `0.1.1`", Applicability.UNSAFE, (Edit("pyproject.toml", span, "0.1.1"),)),
        )


def _missing(snapshot):
    text, lock = snapshot.text(".gitlab-ci.yml") or "", snapshot.text("poetry.lock") or ""
    if "psycopg2" in lock and "libpq-dev" not in text and "    - poetry install" in text:
        at = text.index("poetry install")
        yield Finding(
            rule="missing-system-package",
            severity=Severity.ERROR,
            confidence=Confidence.HIGH,
            message="`psycopg2` is built from source in `test` and needs `libpq-dev`.",
            location=Location(".gitlab-ci.yml", Span(at, at + 14)),
            job="test",
            subject="libpq-dev",
            fix=install_fix(text, "libpq-dev"),
        )


def diagnose(chunks, snapshot, job, usual) -> TraceReport:
    log = b"".join(chunks).decode(errors="replace")
    if "ERROR: Job failed" not in log:
        return TraceReport(verdict=Verdict.PARTIAL_TRACE)
    text = snapshot.text(".gitlab-ci.yml") or ""
    found = tuple(
        Diagnosis(
            cause="missing-system-package",
            confidence=Confidence.HIGH,
            message=f"`poetry install` needs `{name}`, which the image lacks.",
            evidence=(Evidence(number, f"needs {name}"),),
            subject=Subject("package", name),
            fixes=(install_fix(text, name),) if "    - poetry install" in text else (),
        )
        for number, name in _needs(log)
    )
    notable = (Evidence(2, log.splitlines()[1]),) if log.count("\n") > 1 else ()
    verdict = Verdict.DIAGNOSED if found else Verdict.UNKNOWN
    return TraceReport(verdict=verdict, diagnoses=found, notable=notable)


JUDGE = Judge(check=check, diagnose=diagnose, wanted_files=lambda snapshot: frozenset())


@dataclass
class World:
    """A forge with one project, and services over it."""

    forge: FakeForge = field(default_factory=FakeForge)
    queue: FakeQueue = field(default_factory=FakeQueue)
    memory: FakeMemory = field(default_factory=FakeMemory)
    clock: FakeClock = field(default_factory=FakeClock)
    judge: Judge = JUDGE
    choices: dict = field(default_factory=dict)

    @property
    def services(self) -> Services:
        fields = Services.__dataclass_fields__
        choices = replace(fields["choices"].default_factory(), **self.choices)
        return Services(
            forge=self.forge,
            queue=self.queue,
            memory=self.memory,
            clock=self.clock,
            choices=choices,
            judge=self.judge,
        )

    def with_project(self, **files) -> World:
        content = {".gitlab-ci.yml": CI, "README.md": "Read me\n"}
        self.forge.add_project({**content, **files})
        return self

    def with_request(self, changes: dict[str, str], **fields) -> World:
        """A branch `feature` with changes, and its merge request !1."""
        start = self.forge.branches[7, "main"]
        self.forge.push(7, "feature", changes, start=start)
        self.forge.open_request("feature", **fields)
        return self

    def note(self, iid: int = 1):
        """The bot's note, None where there is none."""
        found = [note for note in self.forge.notes(iid) if "scansion:note" in note.body]
        assert len(found) < 2, "two notes"
        return found[0] if found else None

    def fixups(self):
        """The bot's merge requests."""
        return [item for item in self.forge.requests.values() if item.source_branch.startswith("scansion/")]
