"""What is made of one log as a whole: verdicts, order, the image."""

import pytest

from bot.core.diagnose import diagnose
from bot.core.diagnosis import Verdict
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

MISSING_HEADER = b"""\
$ pip install pyodbc==5.1.0
  Downloading pyodbc-5.1.0.tar.gz (115 kB)
      src/pyodbc.h:56:10: fatal error: sql.h: No such file or directory
  ERROR: Failed building wheel for pyodbc
"""


@pytest.mark.parametrize(
    ("raw", "verdict"),
    [
        (b"", Verdict.NO_TRACE),
        (b"\n\n", Verdict.NO_TRACE),
        (b"$ x\nfatal error: x.h: No such file or directory\nJob succeeded\n", Verdict.SUCCEEDED),
        (b"$ x\nERROR: Job failed: exit code 3\n", Verdict.UNKNOWN),
        (b"Running with gitlab-runner 18.6.0\n$ x\nstill going\n", Verdict.PARTIAL_TRACE),
        (MISSING_HEADER, Verdict.DIAGNOSED),
    ],
)
def test_verdict(raw, verdict):
    assert diagnose([raw]).verdict is verdict


def test_log_that_was_cut_off_may_still_be_explained():
    report = diagnose([b"Running with gitlab-runner 18.6.0\n" + MISSING_HEADER])
    assert report.verdict is Verdict.PARTIAL_TRACE
    assert report.diagnoses[0].cause == "missing-system-package"


def test_green_log_has_neither_diagnoses_nor_notable_lines():
    report = diagnose([MISSING_HEADER + b"Job succeeded\n"])
    assert (report.diagnoses, report.notable) == ((), ())


def test_image_of_the_job_is_used_where_the_log_names_none():
    ci = SourceFile.from_bytes(
        ".gitlab-ci.yml", b"test:\n  image: python:3.12-alpine\n  script: [pip install .]\n"
    )
    snapshot = Snapshot(files={ci.path: ci}, paths=frozenset({ci.path}))
    first = diagnose([MISSING_HEADER], snapshot=snapshot, job="test").diagnoses[0]
    assert first.image.distribution == "alpine"
    assert first.install.manager == "apk"


def test_image_given_by_hand_goes_before_the_logs():
    raw = b"Using Docker executor with image python:3.12-alpine ...\n" + MISSING_HEADER
    assert diagnose([raw], image="python:3.12-bookworm").diagnoses[0].install.manager == "apt"


def test_evidence_counts_the_lines_of_the_raw_log():
    evidence = diagnose([b"first\r\nsecond\n" + MISSING_HEADER]).diagnoses[0].evidence[0]
    assert evidence.line == 5
    assert "sql.h" in evidence.text


def test_same_log_gives_the_same_report():
    assert diagnose([MISSING_HEADER]) == diagnose([MISSING_HEADER])
