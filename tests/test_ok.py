"""Realistic projects on which no rule may speak (`tests/ok/<project>/`); each false alarm adds one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.check import check
from bot.core.policy import Policy
from tests.rule_cases import describe, read_case

PROJECTS = sorted(path for path in (Path(__file__).parent / "ok").iterdir() if path.is_dir())


@pytest.mark.parametrize("project", PROJECTS, ids=[project.name for project in PROJECTS])
def test_good_project_gets_no_finding(project: Path) -> None:
    snapshot = read_case(project)
    report = check(snapshot, Policy())
    assert not report.failed
    assert not report.findings, describe(report, snapshot)
