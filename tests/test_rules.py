"""Every case of every rule: `tests/rules/<id>/<case>/`. `pytest --accept` writes what is found as expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from bot.core.rule import all_rules
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from tests import rule_cases
from tests.rule_cases import FINDINGS, FIXED, read_case, run_repair, run_rule, summary

ROOT = Path(__file__).parent / "rules"
CASES = sorted(path for path in ROOT.glob("*/*") if path.is_dir())
NAMES = [f"{case.parent.name}/{case.name}" for case in CASES]
every_case = pytest.mark.parametrize("case", CASES, ids=NAMES)
VARIANTS: dict[str, Callable[[SourceFile], SourceFile]] = {
    "crlf": rule_cases.with_crlf,
    "bom": rule_cases.with_bom,
    "no-final-newline": rule_cases.without_final_newline,
    "flush-sequences": rule_cases.with_flush_sequences,
}


@every_case
def test_case_gives_what_it_should(case: Path, accept: bool) -> None:  # noqa: FBT001 - a fixture
    rule, snapshot = case.parent.name, read_case(case)
    found = rule_cases.describe(run_rule(snapshot, rule), snapshot)
    fixed = dict(run_repair(snapshot, rule).files)
    if accept:
        rule_cases.write_accepted(case, found, fixed)
    assert found == (case / FINDINGS).read_text(encoding="utf-8")
    expected = {
        path.relative_to(case / FIXED).as_posix(): path.read_bytes()
        for path in sorted((case / FIXED).rglob("*"))
        if path.is_file()
    }
    assert {path: file.to_bytes() for path, file in fixed.items()} == expected


@every_case
def test_fix_removes_its_finding_and_a_second_run_offers_nothing(case: Path) -> None:
    rule, snapshot = case.parent.name, read_case(case)
    result = run_repair(snapshot, rule)
    assert not result.refused
    after = run_rule(replace(snapshot, files={**snapshot.files, **result.files}), rule)
    left = {finding.fingerprint for finding in after.findings}
    assert not left & {finding.fingerprint for finding in result.applied}
    assert not [finding for finding in after.findings if finding.fix and finding.fix.applicability != "display"]


@pytest.mark.parametrize("name", VARIANTS)
@every_case
def test_form_of_the_files_does_not_matter(case: Path, name: str) -> None:
    rule, snapshot = case.parent.name, read_case(case)
    changed = rule_cases.variant(snapshot, VARIANTS[name])
    if not _same_content(snapshot, changed):
        return  # a block scalar whose text the change would alter
    assert summary(run_rule(changed, rule)) == summary(run_rule(snapshot, rule))


@pytest.mark.parametrize("name", ["crlf", "bom"])
@every_case
def test_fix_keeps_the_form_of_the_files(case: Path, name: str) -> None:
    rule, snapshot = case.parent.name, read_case(case)
    change = VARIANTS[name]
    expected = {path: change(file).to_bytes() for path, file in run_repair(snapshot, rule).files.items()}
    fixed = run_repair(rule_cases.variant(snapshot, change), rule).files
    assert {path: file.to_bytes() for path, file in fixed.items()} == expected


@pytest.mark.parametrize("rule", sorted(all_rules()))
def test_rule_has_a_case_that_speaks_and_one_that_is_silent(rule: str) -> None:
    told = [bool((case / FINDINGS).read_text(encoding="utf-8")) for case in CASES if case.parent.name == rule]
    assert set(told) == {True, False}


def test_no_case_is_for_a_rule_that_is_not_there() -> None:
    assert {case.parent.name for case in CASES} <= set(all_rules())


class _Loader(yaml.SafeLoader):
    """Reads tags such as `!reference` as what they stand on."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return str(node.value)


_Loader.add_multi_constructor("!", _plain)


def _same_content(one: Snapshot, other: Snapshot) -> bool:
    return all(
        _content(file) == _content(other.files[path])
        for path, file in one.files.items()
        if path.endswith((".yml", ".yaml"))
    )


def _content(file: SourceFile) -> object:
    try:
        return list(yaml.load_all(file.text, _Loader))
    except yaml.YAMLError:
        return None
