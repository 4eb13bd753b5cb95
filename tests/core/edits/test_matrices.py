"""Copies of a job made one with a matrix."""

import pytest

from bot.core.edits.matrices import Matrix, into_matrix
from bot.core.edits.text import EditRefused
from tests.core.edits.edited import edited

COPIES = """\
stages: [test]

# Python 3.11
test-3.11:
  stage: test
  image: python:3.11
  before_script:
    - pip install poetry   # newest
    - poetry install
  script:
    - poetry run pytest

# Python 3.12
test-3.12:
  stage: test
  image: python:3.12
  before_script:
    - pip install poetry
    - poetry install
  script:
    - poetry run pytest
"""


PYTHONS = Matrix("test", "PYTHON")


def test_jobs_that_differ_in_a_version_become_a_matrix():
    text = COPIES.replace("   # newest", "")
    assert edited(text, (), lambda t: into_matrix(t, PYTHONS)) == (
        "stages: [test]\n\n# Python 3.11\ntest:\n  stage: test\n  image: python:${PYTHON}\n"
        '  parallel:\n    matrix:\n      - PYTHON:\n          - "3.11"\n          - "3.12"\n'
        "  before_script:\n    - pip install poetry\n    - poetry install\n  script:\n    - poetry run pytest\n"
    )


def test_other_jobs_stay_and_may_not_name_the_copies():
    text = "a1:\n  image: p:1\n  script: [s]\na2:\n  image: p:2\n  script: [s]\nb:\n  script: [t]\n"
    after = edited(text, ["a1", "a2"], lambda t: into_matrix(t, Matrix("a", "V")))
    assert after.endswith("  script: [s]\nb:\n  script: [t]\n")
    with pytest.raises(EditRefused, match="names `a2`"):
        edited(text + "  needs: [a2]\n", ["a1", "a2"], lambda t: into_matrix(t, Matrix("a", "V")))


@pytest.mark.parametrize(
    "second",
    [
        "  image: p:2\n  script: [s, t]\n",
        "  image: q:2\n  script: [s]\n",
        "  image: p:1\n  script: [s]\n",
        "  image: p:2\n  script: [s]\n  stage: test\n",
        "  image: p:2\n  script: [s]\n  rules:\n    - when: always\n",
    ],
)
def test_jobs_that_differ_in_more_are_no_matrix(second):
    text = f"a1:\n  image: p:1\n  script: [s]\na2:\n{second}"
    with pytest.raises(EditRefused):
        edited(text, (), lambda t: into_matrix(t, Matrix("a", "V")))
