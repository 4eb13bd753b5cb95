"""Every case of every cause: `tests/causes/<id>/<case>/`. `pytest --accept` writes what is said as expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.cause import all_causes
from bot.core.diagnose import diagnose
from bot.core.diagnosis import Verdict
from tests.cause_cases import DIAGNOSIS, GREEN, ROOT, cases, describe, report_of

CASES = cases()
every_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
SILENT = sorted((ROOT / GREEN).glob("*.log"))


@every_case
def test_case_is_explained_as_it_should(case: Path, accept: bool) -> None:  # noqa: FBT001 - a fixture
    said = describe(report_of(case))
    if accept:
        (case / DIAGNOSIS).write_text(said, encoding="utf-8")
    assert said == (case / DIAGNOSIS).read_text(encoding="utf-8")


@every_case
def test_only_the_own_cause_comes_first(case: Path) -> None:
    report = report_of(case)
    assert [item.cause for item in report.diagnoses[:1]] == [case.parent.name]


@pytest.mark.parametrize("log", SILENT, ids=lambda path: path.stem)
def test_log_without_a_known_cause_gives_nothing(log: Path) -> None:
    report = diagnose([log.read_bytes()])
    assert report.diagnoses == ()
    assert report.verdict is Verdict.UNKNOWN
    assert report.notable


@pytest.mark.parametrize("cause", sorted(all_causes()))
def test_cause_has_a_page_and_a_case(cause: str) -> None:
    page = all_causes()[cause].page
    assert page.summary.endswith(".")
    assert (ROOT / cause).is_dir(), f"write a case for {cause}"


def test_causes_outrank_only_causes_that_exist() -> None:
    known = set(all_causes())
    assert {name for cause in all_causes().values() for name in cause.outranks} <= known


def test_no_cause_outranks_one_that_outranks_it() -> None:
    causes = all_causes()
    mutual = [(a, b) for a, cause in causes.items() for b in cause.outranks if a in causes[b].outranks]
    assert mutual == []
