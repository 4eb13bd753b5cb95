"""`rules` in the place of `only` and `except` let a job run in the same pipelines, or nothing is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.ci.conditions import evaluate
from bot.core.ci.model import Answer
from bot.core.ci.only_except import UntranslatableError, as_rules

REFS = [
    *("branches", "tags", "merge_requests", "schedules", "web", "pushes", "triggers", "api"),
    *("main", "develop", "v1.2", "1.0.0"),
    *("/^v\\d+/", "/^release/.*$/", "/^release\\/.*$/", "/.*/", "/^MAIN$/i", "main@group/app", "tags@group/other"),
]
VARIABLES = ['$DEPLOY == "yes"', "$DEPLOY || $NIGHTLY", "$CI_COMMIT_MESSAGE =~ /skip/"]


@dataclass(frozen=True)
class Run:
    """A pipeline: where it comes from, what it is for, which files changed."""

    source: str
    kind: str
    ref: str
    deploy: str | None
    changed: bool

    def look_up(self, name: str) -> str | None:
        known = {
            "CI_PIPELINE_SOURCE": self.source,
            "CI_COMMIT_BRANCH": self.ref if self.kind == "branch" else None,
            "CI_COMMIT_TAG": self.ref if self.kind == "tag" else None,
            "CI_PROJECT_PATH": "group/app",
            "CI_COMMIT_MESSAGE": "please skip" if self.deploy else "work",
            "DEPLOY": self.deploy,
        }
        return known.get(name)

    def holds(self, condition: str) -> bool:
        answer = evaluate(condition, self.look_up)
        assert answer is not Answer.UNKNOWN
        return answer is Answer.YES


RUNS = [
    Run(source, kind, ref, deploy, changed)
    for (source, kind), ref, deploy, changed in product(
        [
            *product(("push", "schedule", "web", "api", "trigger"), ("branch",)),
            *product(("push", "web"), ("tag",)),
            ("merge_request_event", "merge request"),
        ],
        ("main", "develop", "feature/x", "release/2", "v1.2", "v2.0", "1.0.0"),
        (None, "yes"),
        (False, True),
    )
    # No branch is called like a version here, no tag like a branch: names are taken for what they look like.
    if (kind == "tag") == bool(re.match(r"v?\d", ref)) or kind == "merge request"
]


def matches(ref: str, run: Run) -> bool:
    """GitLab's own reading of a ref, in the order of its `Policy::Refs`."""
    name, at, path = ref.partition("@")
    if at and path != "group/app":
        return False
    if (name, run.kind) in {("tags", "tag"), ("branches", "branch")}:
        return True
    source = run.source.removesuffix("_event")
    if name in {source, f"{source}es" if source == "push" else f"{source}s"}:
        return True
    if run.kind == "merge request":
        return False
    if name.startswith("/"):
        body, _, flags = name[1:].rpartition("/")
        return bool(re.search(body, run.ref, re.IGNORECASE if "i" in flags else 0))
    return name == run.ref


def parts(value, run: Run, default):
    """The answers of the parts of a policy."""
    if isinstance(value, list):
        value = {"refs": value}
    refs = value.get("refs", default)
    if refs is not None:
        yield any(matches(ref, run) for ref in refs)
    if "variables" in value:
        yield any(run.holds(condition) for condition in value["variables"])
    if "changes" in value:
        yield run.changed


def runs_by_policy(only, excepted, run: Run, *, workflow: bool) -> bool:
    default = ["branches", "tags"]
    kept = workflow if only is None else all(parts(only, run, default))
    if only is None and not workflow:
        kept = any(matches(ref, run) for ref in default)
    return kept and not (excepted is not None and any(parts(excepted, run, None)))


def runs_by_rules(rules, run: Run) -> bool:
    for rule in rules:
        if run.holds(rule.get("if", '"yes"')) and (run.changed or "changes" not in rule):
            return rule.get("when") != "never"
    return False


refs = st.lists(st.sampled_from(REFS), min_size=1, max_size=3)
policies = st.one_of(
    refs,
    st.fixed_dictionaries(
        {},
        optional={
            "refs": refs,
            "variables": st.lists(st.sampled_from(VARIABLES), min_size=1, max_size=2),
            "changes": st.just(["src/**"]),
        },
    ).filter(bool),
)


@settings(deadline=None)
@given(only=st.none() | policies, excepted=st.none() | policies, workflow=st.booleans())
def test_rules_let_a_job_run_exactly_where_the_keywords_did(only, excepted, workflow):
    try:
        rules = as_rules(only, excepted, everywhere=workflow)
    except UntranslatableError:
        return
    for run in RUNS:
        expected = runs_by_policy(only, excepted, run, workflow=workflow)
        assert runs_by_rules(rules, run) == expected, (rules, run)


@pytest.mark.parametrize(
    ("only", "excepted", "conditions"),
    [
        (["tags"], None, ["$CI_COMMIT_TAG"]),
        (["main"], None, ['$CI_COMMIT_BRANCH == "main"']),
        (["merge_requests"], None, ['$CI_PIPELINE_SOURCE == "merge_request_event"']),
        (["/^v\\d/"], ["branches"], ["$CI_COMMIT_TAG =~ /^v\\d/"]),
        (["branches"], ["tags"], ["$CI_COMMIT_BRANCH"]),
        (None, ["tags"], ["$CI_COMMIT_BRANCH"]),
        (["/^release/1/"], ["tags"], ["$CI_COMMIT_BRANCH =~ /^release\\/1/"]),
        (["/.*/"], ["tags"], ["$CI_COMMIT_BRANCH && $CI_COMMIT_BRANCH =~ /.*/"]),
        ({"variables": ["$A || $B"], "refs": ["main"]}, None, ['$CI_COMMIT_BRANCH == "main" && ($A || $B)']),
    ],
)
def test_what_is_written_is_what_a_person_would_write(only, excepted, conditions):
    assert [rule.get("if") for rule in as_rules(only, excepted, everywhere=False)] == conditions


@pytest.mark.parametrize(
    ("only", "excepted", "reason"),
    [
        (["branches"], ["branches"], "runs in no pipeline"),
        ({"kubernetes": "active"}, None, "nothing for `kubernetes`"),
        (["$BRANCH"], None, "variables are not replaced"),
        (["/(/"], None, "no pattern"),
        ("main", None, "unusual way"),
        (["a", "b", "c", "d", "e", "f", "g"], None, "more than 6 rules"),
        ({"variables": ["$A ="]}, None, "none that GitLab understands"),
    ],
)
def test_what_cannot_be_said_the_same_is_refused(only, excepted, reason):
    with pytest.raises(UntranslatableError, match=reason):
        as_rules(only, excepted, everywhere=False)
