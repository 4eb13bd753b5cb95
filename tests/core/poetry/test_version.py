"""Which Poetry a job has."""

from __future__ import annotations

import pytest
from packaging.version import Version

from bot.core.poetry.releases import find_release, newest_for, runs_on
from bot.core.poetry.version import Pinned, effective_version, poetry_source
from tests.core.poetry.pipelines import context_of, job_of


@pytest.mark.parametrize(
    ("line", "pinned", "version"),
    [
        ("pip install poetry==1.8.2", Pinned.EXACT, "1.8.2"),
        ("pip install poetry", Pinned.NO, None),
        ("pip install 'poetry>=1.2'", Pinned.NO, None),
        ("pip install 'poetry>=1.2,<2'", Pinned.RANGE, None),
        ("pip install poetry==$POETRY_VERSION", Pinned.EXACT, None),
        ("apt-get install -y python3-poetry", Pinned.NO, None),
        ("pip install poetry && pip install poetry==2.1.4", Pinned.EXACT, "2.1.4"),
    ],
)
def test_script_decides(line: str, pinned: Pinned, version: str | None) -> None:
    source = poetry_source(job_of(line, "poetry install"))
    assert source is not None
    assert (source.pinned, source.version) == (pinned, Version(version) if version else None)


@pytest.mark.parametrize(
    ("image", "pinned", "version"),
    [
        ("registry.example.com/poetry:1.5.1", Pinned.EXACT, "1.5.1"),
        ("registry.example.com/ci:latest", Pinned.NO, None),
        ("registry.example.com/ci:2024-05", Pinned.EXACT, None),
        ("$CI_IMAGE", Pinned.UNKNOWN, None),
        ("python:3.12", Pinned.NO, None),
    ],
)
def test_image_decides_where_the_script_is_silent(image: str, pinned: Pinned, version: str | None) -> None:
    source = poetry_source(job_of("poetry install", image=image))
    assert source is not None
    assert (source.pinned, source.version) == (pinned, Version(version) if version else None)


def test_job_without_poetry_has_none() -> None:
    assert poetry_source(job_of("echo poetry", image="python:3.12")) is None


@pytest.mark.parametrize(("python", "poetry"), [("3.7", "1.5"), ("3.8", "1.8"), ("3.9", "2.2")])
def test_old_python_gets_an_old_poetry(python: str, poetry: str) -> None:
    assert str(newest_for(python)).startswith(poetry)
    context = context_of(f"test:\n  image: python:{python}-slim\n  script: [pip install poetry, poetry install]\n")
    assert context.pipeline is not None
    version, certain = effective_version(context, context.pipeline.jobs[0])
    assert certain
    assert version == newest_for(python)


def test_poetry_2_3_needs_python_3_10() -> None:
    release = find_release(Version("2.3.2"))
    assert release is not None
    assert runs_on(release, "3.10")
    assert not runs_on(release, "3.9")
