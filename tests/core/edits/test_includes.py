"""Edits where includes are not at hand."""

from dataclasses import replace

import pytest

from bot.core.ci.reader import read_pipeline
from bot.core.edits.keywords import set_keyword
from bot.core.edits.scripts import prepend_line
from bot.core.edits.target import target
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.snapshot import Facts, Snapshot
from bot.core.source import SourceFile
from tests.core.edits.edited import PATH, edited

TEXT = """\
include:
  - project: group/templates
    file: base.yml

x:
  extends: .remote
  image: python:3.11
  script:
    - a
"""
MERGED = """\
.remote:
  before_script: [setup]
  tags: [docker]
theirs:
  script: [b]
x:
  before_script: [setup]
  tags: [docker]
  image: python:3.11
  script: [a]
"""


def changed(operation):
    snapshot = Snapshot(files={PATH: SourceFile(PATH, TEXT)}, facts=Facts(merged_ci=MERGED))
    pipeline = read_pipeline(snapshot)
    edits = operation(target(snapshot, pipeline, [pipeline.job("x")]))
    return apply_edits(snapshot.files, edits)[PATH].text


def test_a_keyword_that_the_file_has_is_changed():
    assert changed(lambda t: set_keyword(t, "image", "python:3.12")) == TEXT.replace("3.11", "3.12")
    assert edited(TEXT, ["x"], lambda t: set_keyword(t, "image", "i")) == TEXT.replace("python:3.11", "i")


def test_a_keyword_that_nobody_has_is_added():
    assert "  retry: 1\n" in changed(lambda t: set_keyword(t, "retry", 1))


def test_what_an_include_brings_is_not_hidden():
    with pytest.raises(EditRefused, match="include"):
        changed(lambda t: prepend_line(t, "go"))


def test_a_template_that_nobody_knows_may_set_it_too():
    with pytest.raises(EditRefused, match=r"`\.remote`, which may set `before_script` too"):
        edited(TEXT, ["x"], lambda t: prepend_line(t, "go"))


def test_a_job_of_an_include_is_not_edited():
    snapshot = Snapshot(files={PATH: SourceFile(PATH, TEXT)}, facts=Facts(merged_ci=MERGED))
    pipeline = read_pipeline(snapshot)
    theirs = pipeline.job("theirs")
    with pytest.raises(EditRefused):
        set_keyword(target(snapshot, pipeline, [replace(theirs)]), "image", "i")
