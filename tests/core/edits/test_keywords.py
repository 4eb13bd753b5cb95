"""Keywords, variables, caches and conditions."""

import pytest

from bot.core.edits.caches import NewCache, add_cache, add_cache_path, set_cache_key
from bot.core.edits.conditions import DEFAULT_BRANCH, TAGS, restrict
from bot.core.edits.keywords import remove_keyword, set_keyword, set_variable
from bot.core.edits.text import EditRefused
from tests.core.edits.edited import edited

ONE = "x:\n  stage: test\n  script:\n    - a\n\ny:\n  script: [b]\n"
MANY = "stages: [test]\n\n# the jobs\nx:\n  script: [a]\ny:\n  script: [b]\nz:\n  script: [c]\n"
CACHE = NewCache({"files": ["poetry.lock"]}, [".venv"])
CACHED = "    key:\n      files:\n        - poetry.lock\n    paths:\n      - .venv\n"


def test_a_keyword_is_added_behind_the_usual_ones():
    after = edited(ONE, ["x"], lambda t: set_keyword(t, "interruptible", value=True))
    assert after == ONE.replace("  stage: test\n", "  stage: test\n  interruptible: true\n")


def test_a_keyword_is_replaced_with_its_quotes():
    text = "x:\n  image: 'python:3.11' # old\n  script: [a]\n"
    after = edited(text, ["x"], lambda t: set_keyword(t, "image", "python:3.12"))
    assert after == text.replace("3.11", "3.12")


def test_an_inherited_keyword_is_set_in_the_job_itself():
    text = "default:\n  image: a\nx:\n  script: [a]\ny:\n  script: [b]\n"
    assert edited(text, ["x"], lambda t: set_keyword(t, "image", "b")) == text.replace("x:\n", "x:\n  image: b\n")
    assert edited(text, (), lambda t: set_keyword(t, "image", "b")) == text.replace("image: a", "image: b")


def test_a_keyword_of_every_job_goes_to_default():
    after = edited(MANY, (), lambda t: set_keyword(t, "image", "python:3.12"))
    assert after == MANY.replace("# the jobs\n", "default:\n  image: python:3.12\n\n# the jobs\n")


def test_a_keyword_of_every_job_stands_with_those_that_the_file_sets_for_all():
    text = f"image: python:3.12\n\n{ONE}"
    after = edited(text, (), lambda t: add_cache(t, CACHE))
    cache = CACHED.replace("\n  ", "\n")[2:]
    assert after == text.replace("x:\n", f"cache:\n{cache}\nx:\n")
    with_default = text.replace("image: python:3.12\n", "default:\n  image: python:3.12\n")
    assert "\ncache:" not in edited(with_default, (), lambda t: add_cache(t, CACHE))


def test_a_keyword_goes_behind_a_merge_key_which_would_win_over_it():
    text = ".a: &a\n  image: old\nx:\n  stage: test\n  <<: *a\n  script: [a]\ny:\n  <<: *a\n  script: [b]\n"
    after = edited(text, ["x"], lambda t: set_keyword(t, "image", "new"))
    assert after == text.replace("  <<: *a\n  script: [a]", "  <<: *a\n  image: new\n  script: [a]")


def test_a_job_in_braces_stays_in_braces():
    after = edited("x: {script: [a]}\n", ["x"], lambda t: set_keyword(t, "tags", ["a", "b,c"]))
    assert after == 'x: {script: [a], tags: [a, "b,c"]}\n'


def test_yaml_words_are_quoted():
    after = edited(ONE, ["x"], lambda t: set_variable(t, "A", "yes"))
    assert '    A: "yes"\n' in after


def test_a_variable_joins_the_others():
    text = "x:\n  variables:\n    A: '1'\n  script: [a]\n"
    assert edited(text, ["x"], lambda t: set_variable(t, "B", "b")) == text.replace("'1'\n", "'1'\n    B: b\n")
    assert edited(text, ["x"], lambda t: set_variable(t, "A", "2")) == text.replace("'1'", "'2'")


def test_a_variable_of_every_job_goes_to_the_top():
    after = edited(MANY, (), lambda t: set_variable(t, "A", "b"))
    assert after == MANY.replace("# the jobs\n", "variables:\n  A: b\n\n# the jobs\n")


def test_a_cache_comes_with_its_variables():
    after = edited(ONE, ["x"], lambda t: add_cache(t, CACHE, {"IN": "true"}))
    added = f'  cache:\n{CACHED}  variables:\n    IN: "true"\n'
    assert after == ONE.replace("  stage: test\n", f"  stage: test\n{added}")


def test_a_second_cache_makes_a_list():
    text = "x:\n  cache:\n    # pip\n    paths:\n      - .pip\n  script: [a]\n"
    after = edited(text, ["x"], lambda t: add_cache(t, CACHE))
    assert after == (
        "x:\n  cache:\n    # pip\n    - paths:\n        - .pip\n"
        "    - key:\n        files:\n          - poetry.lock\n      paths:\n        - .venv\n  script: [a]\n"
    )


def test_a_path_and_a_key_of_a_cache_are_changed():
    text = "x:\n  cache:\n    key: a\n    paths: [.pip]\n  script: [a]\n"
    after = edited(text, ["x"], lambda t: add_cache_path(t, t.jobs[0].caches[0], ".venv"))
    assert after == text.replace("[.pip]", "[.pip, .venv]")
    after = edited(text, ["x"], lambda t: set_cache_key(t, t.jobs[0].caches[0], {"files": ["poetry.lock"]}))
    assert after == text.replace("    key: a\n", "    key:\n      files:\n        - poetry.lock\n")


def test_a_job_is_restricted_by_rules():
    assert "  rules:\n    - if: $CI_COMMIT_TAG\n" in edited(ONE, ["x"], lambda t: restrict(t, TAGS))


def test_rules_that_are_there_are_narrowed():
    text = "x:\n  script: [a]\n  rules:\n    - if: '$A || $B'\n    - when: never\n    - changes: [b]\n"
    after = edited(text, ["x"], lambda t: restrict(t, TAGS))
    assert "    - if: '($A || $B) && $CI_COMMIT_TAG'\n    - when: never\n" in after
    assert "    - if: $CI_COMMIT_TAG\n      changes: [b]\n" in after


def test_a_condition_that_holds_already_is_not_doubled():
    text = "x:\n  script: [a]\n  rules:\n    - if: $A && $CI_COMMIT_TAG\n    - if: $B\n"
    assert edited(text, ["x"], lambda t: restrict(t, TAGS)) == text.replace("$B", "$B && $CI_COMMIT_TAG")
    with pytest.raises(EditRefused, match="already"):
        edited(text.replace("    - if: $B\n", ""), ["x"], lambda t: restrict(t, TAGS))


def test_only_is_used_where_the_file_uses_it():
    text = "x:\n  script: [a]\n  only: [branches]\ny:\n  script: [b]\n"
    assert edited(text, ["y"], lambda t: restrict(t, DEFAULT_BRANCH)) == text + "  only:\n    - main\n"


def test_a_keyword_is_removed():
    text = "x:\n  variables:\n    A: 1 # one\n    B: 2\n  script: [a]\n"
    assert edited(text, ["x"], lambda t: remove_keyword(t, "variables", "A")) == text.replace(
        "    A: 1 # one\n", ""
    )
    with pytest.raises(EditRefused):
        edited(text, ["x"], lambda t: remove_keyword(t, "image"))
