"""Policy files."""

from pathlib import Path

import pytest

from bot.core.finding import Severity
from bot.core.policy import FixUps, Policy
from bot.core.policy_file import merge_policies, read_policy

FULL = """\
disable = ["unpinned-poetry"]
fix-ups = "on-request"
threads = false
diagnose = false
commit-comments = true
[severity]
uncached-install = "info"
"""


def test_every_choice_is_read():
    policy = read_policy({".scansion.toml": FULL.encode()})
    assert policy == Policy(
        disabled_rules=frozenset({"unpinned-poetry"}),
        severities={"uncached-install": Severity.INFO},
        fix_ups=FixUps.ON_REQUEST,
        threads=False,
        diagnose=False,
        commit_comments=True,
    )


def test_pyproject_holds_it_where_there_is_no_file_of_its_own():
    text = b'[tool.scansion]\ndisable = ["unpinned-poetry"]\n'
    assert read_policy({"pyproject.toml": text}).disabled_rules == {"unpinned-poetry"}
    assert read_policy({"pyproject.toml": text, ".scansion.toml": b""}) == Policy()


def test_no_policy_is_the_default_one():
    assert read_policy({}) == read_policy({"pyproject.toml": b"[project]\n"}) == Policy()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("disable = [", "cannot be read"),
        ('disable = "x"', "`disable` in `.scansion.toml` must be a list of rules."),
        ("disable = [1]", "must be a list of rules."),
        ('threads = "yes"', "`threads` in `.scansion.toml` must be `true` or `false`."),
        ("diagnose = 1", "must be `true` or `false`."),
        ('fix-ups = "later"', "must be `automatic`, `on-request` or `never`."),
        ("severity = 1", "must be a table of rules and severities."),
        ('[severity]\nunpinned-poetry = "loud"', "must be `error`, `warning` or `info`."),
        ("disabel = []", "did you mean `disable`?"),
        ('disable = ["uncached-instal"]', "did you mean `uncached-install`?"),
        ('disable = ["@all"]', "which Scansion does not know."),
    ],
)
def test_what_cannot_be_understood_is_said_in_a_sentence(text, words):
    policy = read_policy({".scansion.toml": text.encode()})
    assert len(policy.errors) == 1
    assert words in policy.errors[0]


def test_what_can_be_understood_of_a_file_with_a_mistake_is_in_force():
    policy = read_policy({".scansion.toml": b'threads = false\nfix-ups = "later"\n'})
    assert not policy.threads
    assert policy.fix_ups is FixUps.AUTOMATIC


def test_a_broken_pyproject_is_another_rules_business():
    assert read_policy({"pyproject.toml": b"["}) == Policy()


def test_tool_scansion_that_is_no_table_is_said():
    assert "no table" in read_policy({"pyproject.toml": b"[tool]\nscansion = 1\n"}).errors[0]


def test_a_group_switches_off_for_all_and_a_project_adds_its_own():
    group = Policy(disabled_rules=frozenset({"a"}), severities={"b": Severity.INFO}, threads=False)
    project = Policy(disabled_rules=frozenset({"c"}), severities={"b": Severity.ERROR}, commit_comments=True)
    merged = merge_policies(group, project)
    assert merged.disabled_rules == {"a", "c"}
    assert merged.severities == {"b": Severity.ERROR}
    assert not merged.threads
    assert merged.commit_comments


def test_the_example_is_understood_and_changes_nothing():
    example = Path(__file__).parents[2] / "config" / "policy.toml"
    assert read_policy({".scansion.toml": example.read_bytes()}) == Policy(commit_comments=False)
