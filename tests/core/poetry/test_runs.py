"""The runs of a job, their Pythons and their cache keys."""

from __future__ import annotations

import pytest

from bot.core.poetry.runs import runs_of
from tests.core.poetry.pipelines import job_of

MATRIX = '{matrix: [{PYTHON: ["3.11", "3.12"]}]}'


def test_matrix_has_a_run_for_each_row() -> None:
    job = job_of("poetry install", image="python:$PYTHON-slim", parallel=MATRIX)
    assert [run.python for run in runs_of(job, None)] == ["3.11", "3.12"]


@pytest.mark.parametrize(
    "image", ["python:3.12", "docker.io/library/python:3.12-slim", "python:3.12.4-alpine3.20"]
)
def test_python_comes_from_the_image(image: str) -> None:
    (run,) = runs_of(job_of("poetry install", image=image), None)
    assert run.python == "3.12"


def test_chosen_python_wins_over_the_image() -> None:
    (run,) = runs_of(job_of("poetry env use python3.10", "poetry install", image="python:3.12"), None)
    assert run.python == "3.10"
    (run,) = runs_of(job_of("poetry env use $PYTHON", "poetry install", image="python:3.12"), None)
    assert run.python is None


@pytest.mark.parametrize(("key", "shared"), [("venv", True), ("venv-$PYTHON", False), ("$CI_JOB_NAME", False)])
def test_key_is_shared_unless_it_names_the_run(key: str, shared: bool) -> None:  # noqa: FBT001
    cache = f"{{key: {key}, paths: [.venv]}}"
    job = job_of("poetry install", image="python:$PYTHON", parallel=MATRIX, cache=cache)
    first, second = runs_of(job, None)
    assert (first.cache_key(job.caches[0]) == second.cache_key(job.caches[0])) is shared
