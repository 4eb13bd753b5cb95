"""Random operations on files full of traps: proved or refused, and an independent judge agrees."""

import functools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.ci.reader import read_pipeline
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from tests.core.edits.ci_corpus import VARIANTS, as_it_is, configurations, in_variant, with_carriage_returns
from tests.core.edits.judged import problems
from tests.core.edits.random_operations import OPERATIONS, NotApplicableError
from tests.shared_data import needs_shared

NAME = ".gitlab-ci.yml"
MERGED = """\
# Überschrift mit Umlauten und \U0001f600
variables: {A: "1", B: 'b'}

.cache: &cache
  key: "$CI_COMMIT_REF_SLUG"   # per branch
  paths:
  - .cache/pip


.base: &base
    image: "python:3.11"
    cache:
        <<: *cache
        policy: pull
    before_script: &setup
        - pip install poetry   # newest

        # then the rest
        - poetry install


test:
    <<: *base
    variables:
        C: c
    script:
        - *setup
        - |
            echo "one"

            echo two
        - >-
            folded
            text
    rules:
        - if: '$CI_COMMIT_TAG == "a: b"'
          when: never
        - if: $CI_COMMIT_BRANCH
    # a comment at the end of the job

lint:
    <<: *base
    script: "poetry run ruff # check"
    only: [branches, tags]
"""
EXTENDED = """\
---
default:
  image: python:3.12
  tags: [ "docker" ]
stages:
- test
- deploy
.setup:
  before_script:
  - apt-get update && apt-get install -y git \\
      gcc
  cache:
  - key: {files: [poetry.lock]}
    paths: [.venv]
a b:
  extends: .setup
  script: [poetry install, "poetry run pytest"]
deploy:
  extends: [.setup]
  stage: deploy
  before_script:
  - !reference [.setup, before_script]
  - 'pip install ''poetry==1.8.3'''
  script:
  - >
    poetry publish
    --build
  parallel:
    matrix:
    - P: ["3.11", "3.12"]
  when: manual"""
FLOW = '{"x": {"script": ["a", "b"], "cache": {"paths": [".pip"]}}, "y": {"script": ["c"]}}\n'
FILES = (MERGED, EXTENDED, FLOW)


def operate(seed, snapshot):
    """Run one operation and return what an independent judge says against it."""
    generator = random.Random(seed)
    pipeline = read_pipeline(snapshot)
    try:
        _, edits = generator.choice(OPERATIONS)(generator, snapshot, pipeline)
    except (NotApplicableError, EditRefused):
        return []
    said = []
    for path, file in apply_edits(snapshot.files, edits).items():
        own = [edit for edit in edits if edit.path == path]
        said += problems(snapshot.files[path].text, file.text, own)
    return said


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(FILES), st.sampled_from(VARIANTS))
def test_an_edit_changes_what_it_says_and_nothing_else(seed, text, rewrite):
    snapshot = in_variant(Snapshot(files={NAME: SourceFile(NAME, text)}), rewrite)
    assert operate(seed, snapshot) == []


@settings(max_examples=30, deadline=None)
@given(st.integers(min_value=0), st.sampled_from(FILES))
def test_line_ends_make_no_difference(seed, text):
    results = []
    for rewrite in (as_it_is, with_carriage_returns):
        snapshot = in_variant(Snapshot(files={NAME: SourceFile(NAME, text)}), rewrite)
        generator = random.Random(seed)
        try:
            _, edits = generator.choice(OPERATIONS)(generator, snapshot, read_pipeline(snapshot))
            results.append(apply_edits(snapshot.files, edits)[NAME].text)
        except (NotApplicableError, EditRefused) as reason:
            results.append(type(reason))
    if isinstance(results[0], str):
        results[0] = with_carriage_returns(results[0])
    assert results[0] == results[1]


@functools.cache
def corpus():
    return [snapshot for snapshot in configurations().values() if read_pipeline(snapshot)]


@needs_shared
@pytest.mark.parametrize("rewrite", VARIANTS)
def test_real_pipelines_are_edited(rewrite):
    for seed in range(6):
        snapshot = in_variant(random.Random(seed).choice(corpus()), rewrite)
        if read_pipeline(snapshot) is not None:
            assert operate(seed, snapshot) == [], seed
