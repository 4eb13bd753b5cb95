"""A rule that lacks a fact says so: a finding may go, but never without a word on why (`--verbose` shows it)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.core.snapshot import Facts, Snapshot
from bot.core.source import SourceFile
from tests.rule_cases import run_rule
from tests.test_docs import RULES, example

CI = ".gitlab-ci.yml"
INCLUDE = "include:\n  - project: other/ci\n    file: /all.yml\n"
JOB = re.compile(r"^(\w[\w-]*):\n(?=(?:  .*\n)*?  script:)", re.MULTILINE)
UNKNOWN = {
    "today": None,
    "project_path": None,
    "project_id": None,
    "server_url": None,
    "default_branch": None,
    "published": {},
    "claimed_versions": None,
}
every_rule = pytest.mark.parametrize("rule", sorted(RULES))


def answers(snapshot: Snapshot, rule: str) -> bool:
    """Whether a rule finds something, or says what it lacks."""
    report = run_rule(snapshot, rule)
    return bool(report.findings or (all(item.reason for item in report.skipped) and report.skipped))


@every_rule
@pytest.mark.parametrize("fact", UNKNOWN)
def test_fact_that_is_not_known_is_named(rule: str, fact: str) -> None:
    snapshot = example(rule, "Example")
    facts: Facts = replace(snapshot.facts, **{fact: UNKNOWN[fact]})
    assert answers(replace(snapshot, facts=facts), rule)


@every_rule
@pytest.mark.parametrize("extends", ["", r"\1:\n  extends: .theirs\n"], ids=["include", "template"])
def test_what_an_include_may_hold_is_named(rule: str, extends: str) -> None:
    snapshot = example(rule, "Example")
    text = snapshot.text(CI)
    if text is None or "include:" in text or re.search(r"^include", text, re.MULTILINE):
        return
    hidden = SourceFile(CI, INCLUDE + (JOB.sub(extends, text) if extends else text))
    assert answers(replace(snapshot, files={**snapshot.files, CI: hidden}), rule)
