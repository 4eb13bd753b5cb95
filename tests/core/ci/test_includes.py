"""`include`, `spec:inputs` and GitLab's merged configuration."""

import pytest

from bot.core.ci.reader import ci_error, read_pipeline, wanted_files
from bot.core.snapshot import Facts, Snapshot
from bot.core.source import SourceFile

JOB = "build:\n  script: [make]\n"


@pytest.mark.parametrize(
    "include",
    [
        "ci/a.yml",
        "/ci/a.yml",
        "[ci/a.yml]",
        "{local: ci/a.yml}",
        "[{local: /ci/a.yml}]",
        "{local: 'ci/*.yml'}",
        "'c*/**/*.yml'",
    ],
)
def test_every_form_of_a_local_include_is_read(evaluate, include):
    read = evaluate(
        f"include: {include}\ntest:\n  extends: .a\n",
        {"ci/a.yml": ".a:\n  script: [pytest]\n"},
        paths=frozenset({"ci/a.yml", ".gitlab-ci.yml"}),
    )
    assert read.lines("test") == ["pytest"]
    assert read.source(read.job("test").script[0].location) == "pytest"
    assert read.job("test").script[0].location.path == "ci/a.yml"
    assert read.pipeline.included == (".gitlab-ci.yml", "ci/a.yml")
    assert read.codes() == []


def test_the_including_file_wins_key_by_key(evaluate):
    read = evaluate(
        "include: [a.yml, b.yml]\ntest:\n  variables: {A: own}\n",
        {
            "a.yml": "test:\n  image: a\n  script: [x]\n  variables: {A: a, B: a}\n",
            "b.yml": "test:\n  image: b\n  variables: {B: b}\n",
        },
    )
    job = read.job("test")
    assert job.image.reference == "b"
    assert {name: text.value for name, text in job.variables.items()} == {"A": "own", "B": "b"}
    assert [part.path for part in job.parts][:3] == [".gitlab-ci.yml", "b.yml", "a.yml"]


def test_an_include_of_an_include_is_read(evaluate):
    read = evaluate("include: a.yml\n", {"a.yml": "include: {local: b.yml}\n", "b.yml": JOB})
    assert read.lines("build") == ["make"]


def test_a_file_that_includes_itself_is_a_problem(evaluate):
    read = evaluate(f"include: a.yml\n{JOB}", {"a.yml": "include: a.yml\n"})
    assert read.codes() == ["invalid-include"]


@pytest.mark.parametrize(
    ("include", "kind"),
    [
        ("https://example.com/x.yml", "remote"),
        ("{remote: 'https://example.com/x.yml'}", "remote"),
        ("{template: Python.gitlab-ci.yml}", "template"),
        ("{project: group/ci, file: x.yml, ref: main}", "project"),
        ("{component: gitlab.example.com/group/name/part@1.0}", "component"),
        ("{local: '$DIR/x.yml'}", "local"),
    ],
)
def test_an_include_from_elsewhere_is_a_known_unknown(evaluate, include, kind):
    read = evaluate(f"include: {include}\ntest:\n  extends: .far\n  script: [!reference [.far, x]]\n")
    assert [unknown.kind for unknown in read.pipeline.unknown_includes] == [kind]
    assert not read.pipeline.complete
    assert read.job("test").unresolved == (".far",)
    assert read.codes() == []


LINT = "spec:\n  inputs:\n    stage:\n---\nlint:\n  stage: $[[ inputs.stage ]]\n  script: [ruff]\n"


def test_a_component_of_this_repository_is_read(evaluate):
    read = evaluate(
        "include:\n  - component: $CI_SERVER_FQDN/$CI_PROJECT_PATH/lint@$CI_COMMIT_SHA\n"
        "    inputs: {stage: test}\n",
        {"templates/lint.yml": LINT},
    )
    assert read.job("lint").stage_name == "test"
    assert read.pipeline.complete


def test_a_local_include_that_is_not_in_the_repository_is_a_problem(evaluate):
    read = evaluate(f"include: a.yml\n{JOB}", paths=frozenset({".gitlab-ci.yml"}))
    assert read.codes() == ["missing-include"]


def test_files_that_are_needed_and_not_there_are_wanted():
    text = "include: a.yml\ntest:\n  script: [bash ci/test.sh, make lint]\n"
    files = {".gitlab-ci.yml": SourceFile(".gitlab-ci.yml", text)}
    listed = frozenset({".gitlab-ci.yml", "a.yml", "ci/test.sh", "Makefile", "other.sh"})
    assert wanted_files(Snapshot(files=files, paths=listed)) == {"a.yml", "ci/test.sh", "Makefile"}
    assert wanted_files(Snapshot(files={})) == frozenset()


def test_a_rule_that_never_holds_leaves_the_include_out(evaluate):
    read = evaluate(
        "include:\n  - local: a.yml\n    rules: [{exists: [nothing.txt]}]\n  - local: b.yml\n"
        "    rules: [{if: $CI_COMMIT_TAG}]\n",
        {"a.yml": JOB, "b.yml": "other: {script: [x]}\n"},
        paths=frozenset({"a.yml", "b.yml"}),
    )
    assert [job.name for job in read.pipeline.jobs] == ["other"]


SPEC = """\
spec:
  inputs:
    version:
      default: '3.12'
    paths:
      type: array
      default: [src, tests]
    name:
---
"$[[ inputs.name ]]-lint":
  image: python:$[[ inputs.version | truncate(0,3) ]]
  script:
    - ruff check $[[ inputs.name ]]
    - ruff format .
  tags: $[[ inputs.paths ]]
"""


def test_inputs_are_put_in_before_the_file_is_parsed(evaluate):
    read = evaluate("include: {local: a.yml, inputs: {name: core}}\n", {"a.yml": SPEC})
    job = read.job("core-lint")
    assert job.image.reference == "python:3.1"
    assert read.lines("core-lint") == ["ruff check core", "ruff format ."]
    assert job.data["tags"] == ["src", "tests"]


def test_a_value_with_an_input_keeps_its_place_in_the_file(evaluate):
    read = evaluate("include: {local: a.yml, inputs: {name: core}}\n", {"a.yml": SPEC})
    first, second = read.job("core-lint").script
    assert read.source(first.location) == "ruff check $[[ inputs.name ]]"
    assert first.locate(0, 4) is None
    assert read.source(second.locate(5, 11)) == "format"
    assert read.source(read.job("core-lint").origins[("tags",)]) == "$[[ inputs.paths ]]"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [("{}", "missing-input"), ("{name: a, other: b}", "unknown-input"), ("{name: a, paths: b}", "invalid-input")],
)
def test_inputs_that_gitlab_refuses_are_problems(evaluate, inputs, code):
    read = evaluate(f"include: {{local: a.yml, inputs: {inputs}}}\n{JOB}", {"a.yml": SPEC})
    assert code in read.codes()


def test_the_header_of_the_first_file_itself_is_used(evaluate):
    read = evaluate(
        "spec:\n  inputs:\n    v: {default: '3.13'}\n---\ntest: {script: [a], image: 'python:$[[ inputs.v ]]'}\n"
    )
    assert read.job("test").image.reference == "python:3.13"


MERGED = """\
.far:
  image: python:3.9
  before_script: [pip install poetry]
test:
  image: python:3.9
  before_script: [pip install poetry]
  extends: .far
  script: [echo far, pytest]
scan:
  script: [scan]
"""


def test_gitlabs_merged_configuration_shows_what_is_not_at_hand(evaluate):
    text = (
        "include: {project: a/b, file: c.yml}\ntest:\n  extends: .far\n  script: [!reference [.far, x], pytest]\n"
    )
    read = evaluate(text, facts=Facts(merged_ci=MERGED))
    job = read.job("test")
    assert read.pipeline.complete
    assert read.lines("test") == ["pip install poetry", "echo far", "pytest"]
    assert read.source(job.script[2].locate(0, 6)) == "pytest"
    assert read.source(job.script[0].location) == "{project: a/b, file: c.yml}"
    assert job.editable
    assert not read.job("scan").editable
    assert read.codes() == []


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a:\n  - b\n c: d\n", "invalid-yaml", 3),
        ("- a\n", "not-a-mapping", 1),
        ("", "not-a-mapping", 1),
        ("test:\n  script: [a]\n  {% if x %}\n  b: c\n", "template-file", 3),
        (
            "test:\n  script:\n    - cd {{ cookiecutter.name }}\n    x: {{ cookiecutter.y }} z\n",
            "template-file",
            3,
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error_with_its_line(text, code, line):
    snapshot = Snapshot(files={".gitlab-ci.yml": SourceFile(".gitlab-ci.yml", text)})
    problem = ci_error(snapshot)
    assert read_pipeline(snapshot) is None
    assert problem is not None
    assert problem.code == code
    assert text.count("\n", 0, problem.location.span.start) + 1 == line


def test_a_small_file_that_evaluates_to_too_much_is_refused():
    template = "".join(f"  k{n}: x\n" for n in range(900))
    jobs = "".join(f"j{n}: {{extends: .t}}\n" for n in range(3000))
    snapshot = Snapshot(files={".gitlab-ci.yml": SourceFile(".gitlab-ci.yml", f".t:\n{template}{jobs}")})
    problem = ci_error(snapshot)
    assert problem is not None
    assert problem.code == "too-large"


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("inputs.a | posix_escape", "it\\'s\\ x"),
        ("inputs.a | truncate(0,2)", "it"),
        ("inputs.a | expand_vars | truncate(1,1)", "t"),
        ("matrix.A", "$[[ matrix.A ]]"),
    ],
)
def test_functions_of_a_block_are_applied(evaluate, block, expected):
    header = 'spec:\n  inputs:\n    a: {default: "it\'s x"}\n---\n'
    read = evaluate(header + f"test:\n  script:\n    - $[[ {block} ]]\n")
    assert read.lines("test") == [expected]
    assert read.codes() == []


def test_a_split_input_is_a_list(evaluate):
    header = "spec:\n  inputs:\n    a: {default: 'x, y'}\n---\n"
    read = evaluate(header + "test:\n  script: [a]\n  tags: $[[ inputs.a | split(',') ]]\n")
    assert read.job("test").data["tags"] == ["x", "y"]


def test_a_block_that_names_no_input_is_a_problem(evaluate):
    read = evaluate("spec:\n  inputs:\n    a: {default: x}\n---\ntest: {script: ['$[[ inputs.b ]]']}\n")
    assert read.codes() == ["unknown-input"]


def test_gitlabs_own_workflow_templates_are_known(evaluate):
    read = evaluate("include: {template: Workflows/MergeRequest-Pipelines.gitlab-ci.yml}\ntest: {script: [a]}\n")
    assert read.pipeline.complete
    assert read.job("test").runs_in.merge_requests.value == "yes"
    assert read.job("test").runs_in.branches.value == "no"


def test_a_ref_of_another_project_does_not_count(evaluate):
    text = "test: {script: [a], only: ['branches@group/a']}\n"
    assert evaluate(text, facts=Facts(project_path="group/a")).job("test").runs_in.branches.value == "yes"
    assert evaluate(text, facts=Facts(project_path="group/b")).job("test").runs_in.branches.value == "no"
    assert evaluate(text).job("test").runs_in.branches.value == "yes"


@pytest.mark.parametrize(
    "files",
    [
        {f"{n}.yml": f"include: {n + 1}.yml\n" for n in range(200)},
        {"0.yml": "include: [" + "a.yml, " * 200 + "]\n", "a.yml": "{}\n"},
    ],
)
def test_too_many_includes_are_a_problem(evaluate, files):
    read = evaluate(f"include: 0.yml\n{JOB}", files)
    assert set(read.codes()) == {"invalid-include"}
