"""The pages of the rules: complete, and their examples true."""

from __future__ import annotations

import re

import pytest

from bot.core.rule import REQUIRED, all_rules
from bot.core.snapshot import Facts, PublishedVersion, RegistryKey, Snapshot
from bot.core.source import SourceFile
from tests.rule_cases import TODAY, run_repair, run_rule

RULES = all_rules()
FENCE = re.compile(r"^```(\w+)(?: ([\w./-]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_OF = {"yaml": ".gitlab-ci.yml", "toml": "pyproject.toml"}
PROJECT = '[tool.poetry]\nname = "demo"\nversion = "0.1.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
LOCK = (
    "package = []\n\n[metadata]\n"
    'lock-version = "2.1"\npython-versions = "^3.11"\n'
    'content-hash = "81b2fa642d7f2d1219cf80112ace12d689d053d81be7f7addb98144d56fc0fb2"\n'
)
FACTS = Facts(
    today=TODAY,
    project_path="group/demo",
    project_id=7,
    server_url="https://gitlab.example.com",
    default_branch="main",
    published={RegistryKey("project"): (PublishedVersion("demo", "0.1.0", project_path="group/demo"),)},
    claimed_versions={},
)
every_rule = pytest.mark.parametrize("rule", sorted(RULES))


def example(rule: str, heading: str) -> Snapshot:
    """Return the project that a section of a page shows, over a small Poetry project."""
    blocks = FENCE.findall(RULES[rule].page.sections[heading])
    assert blocks, f"{heading} shows no file"
    texts = {"pyproject.toml": PROJECT, "poetry.lock": LOCK}
    texts |= {name or FILE_OF[language]: text for language, name, text in blocks}
    texts = {name: text for name, text in texts.items() if text.strip()}
    files = {name: SourceFile(name, text) for name, text in texts.items()}
    return Snapshot(files=files, paths=frozenset(files), facts=FACTS)


@every_rule
def test_page_is_complete_and_in_order(rule: str) -> None:
    page = RULES[rule].page
    allowed = [*REQUIRED[:3], "Fix safety", *REQUIRED[3:]]
    assert list(page.sections) == [heading for heading in allowed if heading in page.sections]
    assert RULES[rule].fix is None or "Fix safety" in page.sections
    assert page.summary.endswith(".")


@every_rule
def test_example_has_the_finding(rule: str) -> None:
    snapshot = example(rule, "Example")
    assert run_rule(snapshot, rule).findings


@every_rule
def test_instead_has_none(rule: str) -> None:
    assert not run_rule(example(rule, "Instead"), rule).findings


@every_rule
def test_strongest_fix_is_the_declared_one(rule: str) -> None:
    fixes = [finding.fix for finding in run_rule(example(rule, "Example"), rule).findings if finding.fix]
    declared = RULES[rule].fix
    order = ["display", "unsafe", "safe"]
    strongest = max((order.index(fix.applicability) for fix in fixes), default=-1)
    assert strongest <= (order.index(declared) if declared else -1)


@every_rule
def test_fix_of_the_example_removes_its_finding(rule: str) -> None:
    snapshot = example(rule, "Example")
    result = run_repair(snapshot, rule)
    assert not result.refused
    offered = [finding for finding in run_rule(snapshot, rule).findings if finding.fix]
    applicable = {
        finding.fingerprint for finding in offered if finding.fix and finding.fix.applicability != "display"
    }
    assert {finding.fingerprint for finding in result.applied} == applicable
