"""Findings as GitLab's Code Quality widget and other programs read them."""

from dataclasses import replace

import pytest

from bot.core.check import Report
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.render.findings_json import code_quality, sarif
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.span import Span

TEXT = "lint:\n  script: [poetry install]\ntest:\n  script: [poetry install]\n"
SNAPSHOT = Snapshot(files={"ci files/main.yml": SourceFile("ci files/main.yml", TEXT)})
START = TEXT.index("test:")
FOUND = Finding(
    rule="uncached-install",
    severity=Severity.WARNING,
    confidence=Confidence.HIGH,
    message="`test` installs everything anew.",
    location=Location("ci files/main.yml", Span(START, START + 4)),
    job="test",
    subject="test",
)


def test_an_entry_of_code_quality_has_what_gitlab_asks_for():
    assert code_quality(Report(findings=(FOUND,)), SNAPSHOT) == [
        {
            "description": "`test` installs everything anew.",
            "check_name": "uncached-install",
            "fingerprint": FOUND.fingerprint,
            "severity": "major",
            "location": {"path": "ci files/main.yml", "lines": {"begin": 3}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "word"), [(Severity.ERROR, "critical"), (Severity.WARNING, "major"), (Severity.INFO, "info")]
)
def test_severities_are_words_that_gitlab_knows(severity, word):
    [entry] = code_quality(Report(findings=(replace(FOUND, severity=severity),)), SNAPSHOT)
    assert entry["severity"] == word


def test_jobs_that_share_a_template_are_one_entry_since_gitlab_wants_fingerprints_once():
    report = Report(findings=(FOUND, replace(FOUND, job="lint")))
    assert len(code_quality(report, SNAPSHOT)) == 1


def test_nothing_found_is_an_empty_report():
    assert code_quality(Report(), SNAPSHOT) == []


def test_a_path_in_sarif_is_an_address():
    [run] = sarif(Report(findings=(FOUND,)), SNAPSHOT, "1.0")["runs"]
    [result] = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "ci%20files/main.yml"}
    assert place["region"] == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 5}
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["uncached-install"]
