"""The effective pipeline of one file."""

TEMPLATE = """\
.base: &base
  image: python:3.11
  before_script:
    - pip install poetry
  variables: {A: one, B: two}

test:
  extends: .base
  variables: {B: three}
  script:
    - pytest
"""


def test_extends_merges_mappings_and_replaces_lists(evaluate):
    read = evaluate(TEMPLATE + "  before_script: [pip install tox]\n")
    job = read.job("test")
    assert dict(job.data["variables"]) == {"A": "one", "B": "three"}
    assert read.lines("test") == ["pip install tox", "pytest"]
    assert job.extends == (".base",)
    assert job.own_keywords == {"extends", "variables", "script", "before_script"}


def test_each_value_knows_the_template_that_it_stands_in(evaluate):
    read = evaluate(TEMPLATE)
    job = read.job("test")
    assert read.source(job.origins[("image",)]) == "python:3.11"
    assert read.source(job.origins[("variables", "A")]) == "one"
    assert read.source(job.script[0].location) == "pip install poetry"
    assert read.source(job.script[0].locate(4, 11)) == "install"
    assert [part.name for part in job.parts] == ["test", ".base", ""]
    assert read.pipeline.node(job.origins[("image",)]).value == "python:3.11"


def test_a_job_replaces_a_default_as_a_whole(evaluate):
    read = evaluate(
        "default:\n  cache: {paths: [a], policy: pull}\n  image: x\n"
        "one:\n  script: [a]\n  cache: {paths: [b]}\ntwo:\n  script: [a]\n"
    )
    assert [cache.policy for cache in read.job("one").caches] == ["pull-push"]
    assert [cache.policy for cache in read.job("two").caches] == ["pull"]
    assert read.job("one").image.reference == "x"


def test_old_global_keywords_are_defaults(evaluate):
    read = evaluate("image: x\nbefore_script: [a]\ntest:\n  script: [b]\n")
    assert read.job("test").image.reference == "x"
    assert read.lines("test") == ["a", "b"]


def test_inherit_limits_defaults_and_variables(evaluate):
    read = evaluate(
        "default: {image: x, before_script: [a]}\nvariables: {A: 1, B: 2}\n"
        "one:\n  inherit: {default: false, variables: [A]}\n  script: [b]\n"
        "two:\n  inherit: {default: [image], variables: false}\n  script: [b]\n"
    )
    assert read.job("one").image is None
    assert list(read.job("one").variables) == ["A"]
    assert read.job("two").image.reference == "x"
    assert read.lines("two") == ["b"]
    assert not read.job("two").variables


def test_a_merge_key_overrides_what_stands_before_it_as_in_psych(evaluate):
    read = evaluate(".a: &a {image: x, stage: b}\ntest:\n  image: y\n  <<: *a\n  stage: c\n  script: [d]\n")
    assert read.job("test").image.reference == "x"
    assert read.job("test").stage_name == "c"


def test_a_list_of_merge_keys_prefers_the_first(evaluate):
    read = evaluate(".a: &a {image: x}\n.b: &b {image: y, stage: s}\ntest:\n  <<: [*a, *b]\n  script: [d]\n")
    assert read.job("test").image.reference == "x"
    assert read.job("test").stage_name == "s"


def test_two_merge_keys_in_one_mapping_both_count(evaluate):
    read = evaluate(".a: &a {image: x}\n.b: &b {stage: s}\ntest:\n  <<: *a\n  <<: *b\n  script: [d]\n")
    assert read.job("test").image.reference == "x"
    assert read.job("test").stage_name == "s"
    assert "duplicate-key" not in read.codes()


def test_of_two_merge_keys_the_later_wins(evaluate):
    read = evaluate(".a: &a {image: x}\n.b: &b {image: y}\ntest:\n  <<: *a\n  <<: *b\n  script: [d]\n")
    assert read.job("test").image.reference == "y"


def test_a_duplicate_key_is_a_problem_and_the_last_one_counts(evaluate):
    read = evaluate("test:\n  script: [a]\n  script: [b]\n")
    assert read.lines("test") == ["b"]
    assert read.codes() == ["duplicate-key"]


def test_extends_in_a_circle_is_a_problem(evaluate):
    read = evaluate(".a: {extends: .b}\n.b: {extends: .a}\ntest: {extends: .a, script: [x]}\n")
    assert "invalid-extends" in read.codes()


def test_a_variable_with_options_has_the_text_of_its_value(evaluate):
    read = evaluate(
        "variables:\n  V: {value: '3.11', description: d}\n  N: 3.10\n  Y: yes\n"
        "test: {script: [a], image: 'python:$V'}\n"
    )
    assert {name: text.value for name, text in read.job("test").variables.items()} == {
        "V": "3.11",
        "N": "3.1",
        "Y": "true",
    }
    assert read.job("test").image.reference == "python:3.11"


def test_an_image_with_an_unknown_variable_has_no_reference(evaluate):
    read = evaluate("test: {script: [a], image: '$CI_REGISTRY_IMAGE/x'}\n")
    assert read.job("test").image.reference is None
    assert read.job("test").image.name.value == "$CI_REGISTRY_IMAGE/x"


def test_a_variable_without_expansion_is_taken_as_it_stands(evaluate):
    read = evaluate(
        "variables: {A: x, B: {value: $A, expand: false}, C: $A}\nt: {script: [a], image: '${B}:${C}'}\n"
    )
    assert read.job("t").image.reference == "$A:x"


def test_a_reference_is_replaced_and_flattened(evaluate):
    read = evaluate(
        ".a: {script: [one, two]}\n.b: {script: [!reference [.a, script], three]}\n"
        "test:\n  script:\n    - !reference [.b, script]\n    - four\n"
    )
    assert read.lines("test") == ["one", "two", "three", "four"]


def test_a_reference_to_itself_is_a_problem(evaluate):
    read = evaluate("test:\n  script: [!reference [test, script]]\n")
    assert "invalid-reference" in read.codes()


def test_a_matrix_makes_one_set_of_variables_for_each_job(evaluate):
    read = evaluate(
        "test:\n  image: python:$V\n  script: [a]\n"
        "  parallel:\n    matrix:\n      - V: ['3.11', '3.12']\n        W: x\n"
    )
    assert read.job("test").matrix == ({"V": "3.11", "W": "x"}, {"V": "3.12", "W": "x"})
    assert read.job("test").image.reference is None


def test_caches_have_gitlabs_defaults(evaluate):
    read = evaluate(
        "test:\n  script: [a]\n  cache:\n    - {key: {files: [poetry.lock], prefix: p}, paths: [.venv]}\n"
        "    - {paths: [b], untracked: true, fallback_keys: [c], when: always}\nnone: {script: [a], cache: []}\n"
    )
    first, second = read.job("test").caches
    assert [text.value for text in first.key_files] == ["poetry.lock"]
    assert first.key_prefix.value == "p"
    assert (first.policy, first.when, first.untracked) == ("pull-push", "on_success", False)
    assert (second.when, second.untracked, second.fallback_keys[0].value) == ("always", True, "c")
    assert read.job("none").caches == ()


def test_a_variable_that_a_rule_may_change_leaves_the_image_unknown(evaluate):
    read = evaluate(
        "variables: {V: '3.11'}\nt:\n  script: [a]\n  image: python:$V\n"
        "  rules: [{if: $CI_COMMIT_TAG, variables: {V: '3.12'}}, {when: always}]\n"
    )
    assert read.job("t").image.reference is None


def test_the_shells_own_expansion_is_not_that_of_an_image(evaluate):
    read = evaluate("variables: {V: a}\nt: {script: [a], image: 'python:${V:-3.11}'}\n")
    assert read.job("t").image.reference is None


def test_an_unquoted_date_is_a_problem(evaluate):
    read = evaluate("variables: {D: 2026-01-02, E: '2026-01-02'}\nt: {script: [a]}\n")
    assert read.codes() == ["unquoted-date"]
    assert read.source(read.pipeline.problems[0].location) == "2026-01-02"


def test_rules_from_references_are_flattened(evaluate):
    read = evaluate(
        ".r: {rules: [{if: $CI_COMMIT_TAG, when: manual}]}\n"
        "t: {script: [a], rules: [!reference [.r, rules], {when: never}]}\n"
    )
    assert read.job("t").manual
    assert read.job("t").runs_in.tags.value == "yes"
    assert read.job("t").runs_in.branches.value == "no"
