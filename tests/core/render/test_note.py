"""The note's words and layout, in golden files."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.diagnosis import Diagnosis, Evidence, Fault, ImageFacts, Install, PythonPackage, Subject
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.render.contents import Contents, FailedJob, Failure, Links
from bot.core.render.marker import without_marker
from bot.core.render.note import read_note, render_note, was_edited
from bot.core.source import SourceFile
from bot.core.span import Span
from tests.golden import compare

GOLDEN = Path(__file__).parent / "golden"
URL = "https://gitlab.example/shop/orders"
LINKS = Links(URL, "3f2a9c1a7b00d1e2f3a4b5c6d7e8f9a0b1c2d3e4", "https://scansion.example")
CI = SourceFile(".gitlab-ci.yml", "image: python:3.11-slim\ntest:\n  script:\n    - poetry install\n")
FILES = {CI.path: CI, "pyproject.toml": SourceFile("pyproject.toml", '[project]\nversion = "0.1.0"\n')}

PSYCOPG2 = Diagnosis(
    cause="missing-system-package",
    confidence=Confidence.HIGH,
    message="`psycopg2` 2.9.13 is built from source and needs the command `pg_config`, which `python:3.11-slim` "
    "does not have.",
    evidence=(
        Evidence(27, "    Error: pg_config executable not found."),
        Evidence(28, "    pg_config is required to build psycopg2 from source."),
    ),
    subject=Subject("command", "pg_config"),
    python_package=PythonPackage("psycopg2", "2.9.13"),
    image=ImageFacts("python:3.11-slim", "debian", "bookworm", "glibc", "3.11"),
    install=Install("apt", ("gcc", "libpq-dev")),
    hint="`psycopg2-binary` comes with a wheel and needs none of this.",
)


def job(name: str, number: int) -> FailedJob:
    return FailedJob(name, f"{URL}/-/jobs/{number}")


def finding(rule: str, severity: Severity, message: str, **fields) -> Finding:
    path, start = fields.pop("at", (".gitlab-ci.yml", 24))
    return Finding(
        rule=rule,
        severity=severity,
        confidence=Confidence.HIGH,
        message=message,
        location=Location(path, Span(start, start + 4)),
        **fields,
    )


DUPLICATE = finding(
    "duplicate-version",
    Severity.ERROR,
    "Version `0.1.0` of `orders` is in the package registry of `shop/orders` already; `0.1.1` is free.",
    at=("pyproject.toml", 21),
)
UNCACHED = finding(
    "uncached-install",
    Severity.WARNING,
    "`poetry install` downloads everything anew in each pipeline: `test` has no cache.",
    job="test",
    subject="template",
)
UNPINNED = finding("unpinned-image", Severity.INFO, "`python:3.11-slim` is another image every few weeks.")
BROKEN = Failure(
    diagnosis=PSYCOPG2,
    jobs=(job("test", 812), job("test 3.12", 813)),
    fault=Fault.THIS_CHANGE,
    fault_reason="`test` passed on `main` two hours ago.",
)
UNKNOWN = Failure(diagnosis=None, jobs=(job("e2e", 814),), notable=(Evidence(90, "Segmentation fault"),))
FULL = Contents(
    links=LINKS,
    files=FILES,
    findings=(UNCACHED, DUPLICATE, replace(UNCACHED, job="lint"), UNPINNED),
    failures=(BROKEN, UNKNOWN),
    treatments={
        PSYCOPG2.signature: "Fixed in !43.",
        DUPLICATE.fingerprint: "A suggestion stands in the diff.",
        UNCACHED.fingerprint: "`/scansion fix` opens a merge request with the fix.",
    },
    fixup=f"[!43](<{URL}/-/merge_requests/43>) holds the fixes: a draft until its own pipeline is green.",
    fixup_iid=43,
)
STATES = {
    "failure": FULL,
    "already-red": replace(
        FULL,
        findings=(),
        failures=(
            replace(BROKEN, fault=Fault.ALREADY_RED, fault_reason="`test` fails on `main` since yesterday."),
        ),
        fixup="",
        treatments={},
    ),
    "unknown": replace(FULL, findings=(), failures=(UNKNOWN,), fixup="", treatments={}),
    "findings": replace(FULL, failures=(), fixup=""),
    "warnings": replace(FULL, failures=(), fixup="", findings=(UNCACHED,)),
    "many": replace(
        FULL,
        failures=(),
        findings=tuple(
            replace(UNCACHED, message=f"`job {number}` installs {number} packages.", subject=f"job {number}")
            for number in range(30)
        ),
    ),
    "same": replace(
        FULL,
        failures=(),
        fixup="",
        findings=tuple(
            replace(
                UNCACHED,
                message=f"`{job}` has no cache.",
                subject=job,
                job=job,
                location=Location(CI.path, Span(start, start + 4)),
            )
            for job, start in (("lint", 0), ("test", 24), ("docs", 31), ("build", 41), ("publish", 41))
        ),
    ),
    "foretold": replace(
        FULL,
        failures=(replace(BROKEN, also_in=("publish",)),),
        findings=(replace(UNCACHED, message=f"`lint` needs `gcc`. {PSYCOPG2.hint}", job="lint"),),
    ),
    "fork": replace(
        FULL,
        failures=(),
        findings=(DUPLICATE,),
        fixup="The source branch is in a fork, so the fix is here as a patch.",
        patch="--- a/pyproject.toml\n+++ b/pyproject.toml\n@@ -1,2 +1,2 @@\n [project]\n"
        '-version = "0.1.0"\n+version = "0.1.1"',
    ),
    "policy": Contents(links=LINKS, remarks=("`fix-ups` in `.scansion.toml` must be `automatic` or `never`.",)),
}


@pytest.mark.parametrize("name", STATES)
def test_a_note_reads_as_accepted(name):
    body = render_note(STATES[name], None)
    compare(GOLDEN / f"{name}.md", without_marker(body) + "\n")
    assert body.count("\n") < 60
    assert body == render_note(STATES[name], None)


def test_the_past_is_folded_under_the_newest_verdict():
    state = None
    body = ""
    for number, name in enumerate(("warnings", "failure", "findings")):
        contents = STATES[name]
        body = render_note(replace(contents, links=replace(LINKS, ref=f"{number}" * 40)), state)
        state = read_note(body)
    empty = Contents(links=replace(LINKS, ref="f" * 40))
    compare(GOLDEN / "clear.md", without_marker(render_note(empty, state)) + "\n")


def test_the_history_is_kept_short():
    state = None
    for number in range(40):
        contents = STATES["warnings" if number % 2 else "findings"]
        state = read_note(render_note(replace(contents, links=replace(LINKS, ref=f"{number:040}")), state))
    assert len(state.history) == 8
    assert state.history[0].sha == f"{38:040}"


def test_an_edit_of_a_person_is_seen_and_a_changed_line_end_is_none():
    body = render_note(FULL, None)
    state = read_note(body)
    assert not was_edited(body, state)
    assert not was_edited(body.replace("\n", "\r\n"), state)
    assert was_edited(body.replace("needs", "wants"), state)


@pytest.mark.parametrize("marker", ["", "scansion:note:v1", "scansion:note:v1 e30=", "scansion:note:v1 !!"])
def test_a_marker_that_is_not_ours_or_broken_is_no_state(marker):
    assert read_note(f"Words\n\n<!-- {marker} -->") is None
