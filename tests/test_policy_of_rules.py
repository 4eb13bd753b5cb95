"""Whatever a rule says, a comment beside it silences, and the project's policy weighs or switches it off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.check import check
from bot.core.finding import Finding, Severity
from bot.core.policy import Policy
from bot.core.snapshot import Snapshot
from tests.rule_cases import run_rule
from tests.test_docs import RULES, example

every_rule = pytest.mark.parametrize("rule", sorted(RULES))


def with_comment(snapshot: Snapshot, finding: Finding) -> Snapshot:
    """Return the project with an ignore on a line of its own, above the finding."""
    file = snapshot.files[finding.location.path]
    line = file.lines.position(finding.location.span.start).line
    lines = file.text.splitlines(keepends=True)
    indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
    lines.insert(line - 1, f"{indent}# scansion: ignore[{finding.rule}] known, and wanted so\n")
    return replace(snapshot, files={**snapshot.files, file.path: file.with_text("".join(lines))})


@every_rule
def test_comment_above_each_place_silences_the_rule(rule: str) -> None:
    snapshot = example(rule, "Example")
    before = len(run_rule(snapshot, rule).findings)
    for _ in range(before):
        found = run_rule(snapshot, rule).findings
        if not found:
            break
        snapshot = with_comment(snapshot, found[0])
    assert before > 0
    assert not run_rule(snapshot, rule).findings


@every_rule
def test_policy_switches_the_rule_off(rule: str) -> None:
    report = check(example(rule, "Example"), Policy(disabled_rules=frozenset({rule})))
    assert not [finding for finding in report.findings if finding.rule == rule]


@every_rule
@pytest.mark.parametrize("severity", list(Severity))
def test_policy_weighs_the_rule(rule: str, severity: Severity) -> None:
    report = check(example(rule, "Example"), Policy(severities={rule: severity}), only={rule})
    assert {finding.severity for finding in report.findings} == {severity}
