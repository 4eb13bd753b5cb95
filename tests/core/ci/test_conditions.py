"""Expressions of `rules:if`, and the pipelines in which jobs run."""

import pytest

from bot.core.ci.conditions import ConditionError, evaluate
from bot.core.ci.model import Answer
from bot.core.snapshot import Facts

VARIABLES = {"A": "a", "EMPTY": "", "NONE": None, "TAG": "v1.2", "PATTERN": "/^v/"}


def ask(expression: str) -> Answer:
    return evaluate(expression, lambda name: VARIABLES.get(name, Answer.UNKNOWN))


@pytest.mark.parametrize(
    "expression",
    [
        "$A",
        '$A == "a"',
        "$A == 'a'",
        "$A != 'b'",
        "$NONE == null",
        "$EMPTY == ''",
        "$TAG =~ /^v\\d+/",
        "$TAG =~ /^V/i",
        "$TAG =~ $PATTERN",
        "$TAG !~ /x/",
        "$A && $TAG",
        "$NONE || $A",
        "$A || $NONE && $NONE",
        "($A || $NONE) && $A",
        "$UNKNOWN || $A",
        "'a' == $A",
        "$A=='a'&&$TAG",
        "$NONE =~ /^$/",
    ],
)
def test_an_expression_holds(expression):
    assert ask(expression) is Answer.YES


@pytest.mark.parametrize(
    "expression",
    [
        "$NONE",
        "$EMPTY",
        "$NONE == ''",
        "$NONE =~ /x/",
        "$NONE !~ /^$/",
        "$UNKNOWN && $NONE",
        "$A == $TAG",
        "$A =~ /b/",
        "null",
    ],
)
def test_an_expression_does_not_hold(expression):
    assert ask(expression) is Answer.NO


@pytest.mark.parametrize(
    "expression", ["$UNKNOWN", "$UNKNOWN == 'a'", "$UNKNOWN =~ /a/", "$A && $UNKNOWN", "$A =~ /(/"]
)
def test_an_expression_may_be_unknown(expression):
    assert ask(expression) is Answer.UNKNOWN


@pytest.mark.parametrize(
    "expression",
    ["", "$A ==", "== $A", "$A = 'a'", "($A", "$A)", "$A $A", "a", "${A} == 'a'", "$A == main", "x" * 20_000],
)
def test_what_is_no_expression_is_refused(expression):
    with pytest.raises(ConditionError):
        ask(expression)


def runs(evaluate, keywords: str, top: str = "", default: str | None = "main") -> str:
    """Return the answers for merge request, branch, default branch and tag as one letter each."""
    read = evaluate(f"{top}\ntest:\n  script: [a]\n  {keywords}\n", facts=Facts(default_branch=default))
    found = read.job("test").runs_in
    answers = (found.merge_requests, found.branches, found.default_branch, found.tags)
    return "".join(answer.value[0] for answer in answers)


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ("", "nyyy"),
        ("rules: [{if: $CI_COMMIT_TAG}]", "nnny"),
        ("rules: [{if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"'}]", "ynnn"),
        ("rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]", "nnyn"),
        ("rules: [{if: $CI_COMMIT_BRANCH}]", "nyyn"),
        ("rules: [{if: $CI_COMMIT_TAG, when: never}, {when: on_success}]", "yyyn"),
        ("rules: [{if: '$CI_COMMIT_TAG =~ /^v\\d/'}]", "nnny"),
        ("rules: [{if: $MINE}]", "uuuu"),
        ("rules: [{if: $MINE, when: never}]", "nnnn"),
        ("rules: [{if: $MINE}, {when: always}]", "yyyy"),
        ("rules: [{changes: [a]}]", "uuuy"),
        ("rules: [{when: manual}]", "yyyy"),
        ("rules: []", "nnnn"),
        ("only: [tags]", "nnny"),
        ("only: [main]", "nnyn"),
        ("only: [merge_requests]", "ynnn"),
        ("only: ['/^v\\d+/']", "nnny"),
        ("only: {refs: [branches], variables: [$MINE]}", "nuun"),
        ("only: {changes: [a]}", "nuuy"),
        ("except: [tags]", "nyyn"),
        ("except: [main]", "nyny"),
        ("except: {refs: [tags]}", "nyyn"),
        ("only: [branches]\n  except: [/^feature/]", "nuyn"),
        ("when: never", "nnnn"),
        ("when: manual", "nyyy"),
    ],
)
def test_a_job_runs_where_its_rules_say(evaluate, keywords, expected):
    assert runs(evaluate, keywords) == expected


def test_an_unknown_default_branch_may_have_either_usual_name(evaluate):
    assert runs(evaluate, "only: [main]", default=None) == "nnun"
    assert runs(evaluate, "only: [main, master]", default=None) == "nnyn"


WORKFLOW = (
    "workflow:\n  rules:\n    - if: $CI_MERGE_REQUEST_IID\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n"
)


def test_workflow_rules_decide_whether_there_is_a_pipeline(evaluate):
    assert runs(evaluate, "", WORKFLOW) == "ynyn"
    assert runs(evaluate, "rules: [{if: $CI_COMMIT_TAG}]", WORKFLOW) == "nnnn"


def test_variables_of_the_file_and_of_the_workflow_are_known(evaluate):
    top = (
        "variables: {FULL: 'no'}\nworkflow:\n  rules:\n    - if: $CI_COMMIT_TAG\n      variables: {FULL: 'yes'}\n"
        "    - when: always\n"
    )
    assert runs(evaluate, "rules: [{if: $FULL == 'yes'}]", top) == "nnny"


def test_files_that_exist_are_looked_up(evaluate):
    text = "test:\n  script: [a]\n  rules: [{exists: ['**/*.py']}]\n"
    yes = evaluate(text, paths=frozenset({"src/a.py"})).job("test").runs_in.branches
    no = evaluate(text, paths=frozenset({"src/a.js"})).job("test").runs_in.branches
    unknown = evaluate(text).job("test").runs_in.branches
    assert (yes, no, unknown) == (Answer.YES, Answer.NO, Answer.UNKNOWN)


def test_a_job_is_manual_when_every_rule_that_runs_it_says_so(evaluate):
    read = evaluate(
        "a: {script: [x], when: manual}\nb: {script: [x], rules: [{if: $A, when: never}, {when: manual}]}\n"
        "c: {script: [x], rules: [{if: $A, when: manual}, {when: always}]}\n"
    )
    assert [read.job(name).manual for name in "abc"] == [True, True, False]
    assert read.job("a").allow_failure
