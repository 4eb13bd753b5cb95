"""What GitLab would refuse, and what it would not."""

import pytest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("test: {image: a}\n", "job-without-script"),
        ("test: [a]\n", "invalid-job"),
        ("test: {script: [a], stage: nowhere}\n", "unknown-stage"),
        ("test: {script: [a], needs: [b]}\n", "unknown-needs"),
        ("test: {script: [a], needs: [{job: b}]}\n", "unknown-needs"),
        ("test: {script: [a], dependencies: [b]}\n", "unknown-dependencies"),
        ("test: {script: [a], extends: .b}\n", "undefined-extends"),
        ("test: {script: [!reference [.b, script]]}\n", "undefined-reference"),
        ("test:\n  script:\n    - echo a: b\n", "invalid-script"),
        ("test: {script: [true]}\n", "invalid-script"),
        ("test: {script: [a], rules: [{when: always}], only: [main]}\n", "rules-with-only"),
        (
            "test: {script: [a], cache: [{paths: [a]}, {paths: [b]}, {paths: [c]}, {paths: [d]}, {paths: [e]}]}\n",
            "too-many-caches",
        ),
        ("test: {script: [a], cache: {key: a/b, paths: [c]}}\n", "invalid-cache-key"),
        ("test: {script: [a], cache: {key: '..', paths: [c]}}\n", "invalid-cache-key"),
        (".a: {script: [a]}\n", "no-jobs"),
        ("test: {script: []}\n", "job-without-script"),
        ("test: {script: ''}\n", "job-without-script"),
        ("a: {script: [a], needs: [b]}\nb: {script: [a], stage: deploy}\n", "later-needs"),
        ("a: {script: [a], dependencies: [b]}\nb: {script: [a], stage: deploy}\n", "later-dependencies"),
        (
            "a: {script: [a]}\nb: {script: [a]}\nc: {script: [a], needs: [a], dependencies: [b]}\n",
            "dependencies-outside-needs",
        ),
        ("test: {script: [a], rules: [{if: '${A} == 1'}]}\n", "invalid-condition"),
        ("test: {script: [a], rules: [{if: $CI_COMMIT_BRANCH = main}]}\n", "invalid-condition"),
        ("test: {script: [a], only: {variables: [$A ==]}}\n", "invalid-condition"),
        ("workflow: {rules: [{if: a b}]}\ntest: {script: [a]}\n", "invalid-condition"),
        ("image: a\ndefault: {image: b}\ntest: {script: [a]}\n", "defined-twice"),
        (
            f"test: {{script: [a], parallel: {{matrix: [{{A: {list(range(15))}, B: {list(range(15))}}}]}}}}\n",
            "matrix-too-large",
        ),
    ],
)
def test_what_gitlab_refuses_is_a_problem(evaluate, text, code):
    assert evaluate(text).codes() == [code]


@pytest.mark.parametrize(
    "text",
    [
        "test: {trigger: other/project}\n",
        "test: {run: [{name: a, script: b}]}\n",
        "test: {script: [a], stage: .pre}\n",
        "a: {script: [a]}\nc: {script: [a], needs: [a], dependencies: []}\n",
        "a: {script: [a], needs: [b]}\nb: {script: [a], stage: build}\n",
        "a: {script: [a], needs: []}\n",
        "test: {script: [a], rules: [{if: $A == true}, {if: '$A =~ /^a\\/b/i && ($B || null != $C)'}]}\n",
        "test: {script: [a], needs: [{job: b, optional: true}]}\n",
        "test: {script: [a], needs: [{pipeline: $UPSTREAM, job: b}]}\n",
        "a: {script: [a], parallel: {matrix: [{A: [x]}]}}\ntest: {script: [a], needs: ['a: [x]']}\n",
        "stages: [one]\ntest: {script: [a], stage: one}\n",
        "test: {script: [a], cache: {key: $CI_COMMIT_REF_SLUG, paths: [b]}}\n",
    ],
)
def test_what_gitlab_accepts_is_no_problem(evaluate, text):
    assert evaluate(text).codes() == []


def test_a_problem_stands_at_its_place(evaluate):
    read = evaluate("test:\n  script: [a]\n  stage: nowhere\n")
    assert read.source(read.pipeline.problems[0].location) == "nowhere"
    assert read.pipeline.problems[0].job == "test"


def test_extends_beyond_ten_levels_is_a_problem(evaluate):
    text = ".j0: {script: [a]}\n" + "".join(f".j{n}: {{extends: .j{n - 1}}}\n" for n in range(1, 13))
    assert "invalid-extends" in evaluate(text + "test: {extends: .j12}\n").codes()


def test_extends_of_ten_levels_is_none(evaluate):
    text = ".j0: {script: [a]}\n" + "".join(f".j{n}: {{extends: .j{n - 1}}}\n" for n in range(1, 10))
    assert evaluate(text + "test: {extends: .j9}\n").codes() == []
