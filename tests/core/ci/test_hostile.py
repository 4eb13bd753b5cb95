"""Broken and hostile files: one clear answer each, in bounded time. `tests/bench/ci_fuzz.py` is the whole."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.ci.mutations import hostile_files, mutate, read_anything

SEED = """\
# comment é \U0001f600
include: {local: a.yml}
stages: [build, test]
variables: {A: "1", B: &b yes}
default:
  image: python:$A
  cache: &cache
    key: {files: [poetry.lock]}
    paths: [.venv]
.base: &base
  before_script:
    - pip install "poetry==1.8" && poetry config x 'y'
test:
  <<: *base
  extends: .base
  script:
    - |
      if true; then
        pytest
      fi
    - !reference [.base, before_script]
    - >-
      folded
      text
    - "quoted \\"text\\"
      here"
  parallel: {matrix: [{A: ["1", "2"]}]}
  rules:
    - if: '$CI_COMMIT_BRANCH == "main" && $B =~ /^y/'
  cache: [*cache]
  needs: []
"""


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_a_broken_file_has_one_answer_and_every_place_lies_in_it(seed):
    read_anything(mutate(SEED.encode(), Random(seed)))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from(" \t\n\r-:?[]{},&*!|>'\"%#a1~<\u2028\x85é"), max_size=60))
def test_any_text_has_one_answer(text):
    read_anything(text.encode())


@pytest.mark.parametrize("name", sorted(hostile_files()))
def test_a_hostile_file_has_an_answer(name):
    assert read_anything(hostile_files()[name])
