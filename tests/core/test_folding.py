"""A finding that a failure explains is told once, with the failure."""

from dataclasses import replace

import pytest

from bot.core.diagnosis import Diagnosis, Evidence, PythonPackage, Subject
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fix import Applicability, Edit, Fix
from bot.core.folding import folded, with_others
from bot.core.render.contents import FailedJob, Failure
from bot.core.span import Span

FIX = Fix("Install `libpq-dev`", Applicability.SAFE, (Edit(".gitlab-ci.yml", Span(0, 0), "x"),))
FOUND = Finding(
    rule="missing-system-package",
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    message="`psycopg2` is built from source.",
    location=Location(".gitlab-ci.yml", Span(0, 4)),
    job="test",
    subject="psycopg2",
)
PSYCOPG2 = Diagnosis(
    cause="missing-system-package",
    confidence=Confidence.HIGH,
    message="`psycopg2` needs `pg_config`.",
    evidence=(Evidence(3, "Error: pg_config executable not found."),),
    subject=Subject("command", "pg_config"),
    python_package=PythonPackage("psycopg2", "2.9.13"),
)
GIT = replace(PSYCOPG2, subject=Subject("command", "git"), python_package=None)


def failure(diagnosis=PSYCOPG2, *jobs):
    return Failure(diagnosis=diagnosis, jobs=tuple(FailedJob(name, "") for name in jobs or ("test",)))


@pytest.mark.parametrize("job", ["test", "test: [3.11]", "test 1/3"])
def test_what_was_foretold_of_the_failed_job_is_folded(job):
    assert folded([FOUND], [failure(PSYCOPG2, job)]) == {FOUND.fingerprint: PSYCOPG2.signature}


@pytest.mark.parametrize(
    ("finding", "diagnosis"),
    [
        (FOUND, GIT),
        (replace(FOUND, subject="lxml"), PSYCOPG2),
        (replace(FOUND, job="docs"), PSYCOPG2),
        (replace(FOUND, rule="stale-lock"), PSYCOPG2),
        (replace(FOUND, subject="lxml psycopg2"), PSYCOPG2),
    ],
    ids=["other-need", "other-package", "other-job", "other-rule", "more-than-the-failure"],
)
def test_what_the_failure_does_not_say_is_told(finding, diagnosis):
    assert folded([finding], [failure(diagnosis)]) == {}


def test_a_finding_that_says_more_is_folded_where_the_fix_covers_it():
    more = replace(FOUND, subject="lxml psycopg2")
    assert folded([more], [failure(replace(PSYCOPG2, fixes=(FIX,)))]) == {more.fingerprint: PSYCOPG2.signature}


def test_jobs_that_would_fail_the_same_way_are_named():
    findings = [FOUND, replace(FOUND, job="publish"), replace(FOUND, job="docs", subject="lxml")]
    failed = failure(PSYCOPG2, "test: [3.11]")
    assert with_others(failed, findings, folded(findings, [failed])).also_in == ("publish",)
