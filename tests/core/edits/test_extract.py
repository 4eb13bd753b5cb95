"""Copies of a job moved into a template."""

from __future__ import annotations

import pytest

from bot.core.edits.extract import extract_template
from bot.core.edits.target import target
from bot.core.edits.text import EditRefused, apply_edits
from tests.core.poetry.pipelines import context_of

COPIES = """stages: [test]

py310:
  image: python:3.10
  stage: test
  script:
    - pytest

py311:
    image: python:3.11
    stage: test
    script:
        - pytest
"""


def extracted(text: str) -> str:
    context = context_of(text)
    assert context.pipeline is not None
    edits = extract_template(target(context.snapshot, context.pipeline, context.pipeline.jobs), ["image"])
    return apply_edits(context.snapshot.files, edits)[".gitlab-ci.yml"].text


def test_jobs_keep_what_is_their_own_and_their_indent() -> None:
    assert extracted(COPIES) == (
        "stages: [test]\n\n.py:\n  stage: test\n  script:\n    - pytest\n\n"
        "py310:\n  extends: .py\n  image: python:3.10\n\n"
        "py311:\n    extends: .py\n    image: python:3.11\n"
    )


@pytest.mark.parametrize(
    "change",
    [
        ("    stage: test\n    script:", "    stage: test\n    # why\n    script:"),
        ("py310:\n", "py310: &copy\n"),
        ("py310:\n  image", "py310:\n  extends: []\n  image"),
    ],
)
def test_unusual_jobs_are_refused(change: tuple[str, str]) -> None:
    with pytest.raises(EditRefused):
        extracted(COPIES.replace(*change))


def test_file_without_a_final_line_end_keeps_it_so() -> None:
    result = extracted(COPIES.rstrip("\n"))
    assert not result.endswith("\n")
    assert result.count("extends:") == 2
