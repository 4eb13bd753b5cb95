"""`pyproject.toml` in the forms that Poetry takes."""

from __future__ import annotations

import pytest

from bot.core.python.project import Project, read_project
from bot.core.source import SourceFile


def read(text: str) -> Project:
    project = read_project(SourceFile("pyproject.toml", text))
    assert project is not None
    return project


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "demo"\nversion = "0.1.0"\n',
        '[tool.poetry]\nversion = "0.1.0" # "0.1.0"\n',
        "[tool.poetry]\r\nversion = '0.1.0'\r\n",
        '# version = "0.1.0"\n[tool.poetry]\ndescription = """\nversion = "0.1.0"\n"""\nversion = "0.1.0"\n',
        'project.version = "0.1.0"\n',
        'project = { name = "version", version = "0.1.0" }\n',
        '[tool.other]\nversion = "0.1.0"\n[tool]\npoetry.version = "0.1.0"\n',
        '[project]\ndynamic = ["version"]\n[tool.poetry]\nversion="0.1.0"',
    ],
)
def test_version_is_found_at_its_exact_place(text: str) -> None:
    project = read(text)
    assert project.version == "0.1.0"
    assert project.version_at is not None
    span = project.version_at.span
    assert text[: span.start] + "9" + text[span.end :] != text
    assert read(text[: span.start] + "9.9" + text[span.end :]).version == "9.9"


def test_project_table_wins_over_tool_poetry() -> None:
    assert read('[project]\nversion = "1"\n[tool.poetry]\nversion = "2"\n').version == "1"


@pytest.mark.parametrize(
    "text",
    [
        '[tool.poetry]\nversion = "0.0.0"\n[tool.poetry-dynamic-versioning]\nenable = true\n',
        '[project]\ndynamic = ["version"]\n[tool.poetry]\npackages = []\n',
        '[tool.poetry]\nversion = "0"\n[tool.poetry-version-plugin]\nsource = "git-tag"\n',
    ],
)
def test_version_of_a_plug_in_is_unknown(text: str) -> None:
    project = read(text)
    assert project.dynamic_version
    assert project.version is None
    assert project.version_at is None


def test_groups_come_from_every_table_that_holds_them() -> None:
    project = read(
        '[dependency-groups]\nlint = ["ruff"]\n[tool.poetry.dev-dependencies]\npytest = "*"\n'
        '[tool.poetry.group.docs]\noptional = true\n[tool.poetry.group.docs.dependencies]\nsphinx = "*"\n'
    )
    assert project.groups == ("main", "docs", "lint", "dev")
    assert project.optional_groups == ("docs",)


def test_extras_are_normalised_and_sources_keep_their_urls() -> None:
    project = read(
        "[project.optional-dependencies]\nMy_Fast = []\n[tool.poetry.extras]\nslow = []\n"
        '[[tool.poetry.source]]\nname = "gitlab"\nurl = "https://gitlab.example/simple"\n'
    )
    assert project.extras == ("my-fast", "slow")
    assert [(source.name, source.url) for source in project.source_urls] == [
        ("gitlab", "https://gitlab.example/simple")
    ]


def test_python_range_is_read_from_either_table() -> None:
    assert read('[project]\nrequires-python = ">=3.11"\n').requires_python == ">=3.11"
    assert read('[tool.poetry.dependencies]\npython = "^3.11"\n').requires_python == "^3.11"
    assert read('[tool.poetry.dependencies]\npython = { version = "^3.11" }\n').requires_python == "^3.11"


def test_poetry_is_recognised_by_its_table_or_its_backend() -> None:
    assert read('[tool.poetry]\nname = "demo"\n').uses_poetry
    assert read('[build-system]\nbuild-backend = "poetry.core.masonry.api"\n').uses_poetry
    assert not read('[project]\nname = "demo"\n[build-system]\nbuild-backend = "hatchling.build"\n').uses_poetry


def test_broken_toml_says_why_and_where() -> None:
    broken = read('[project]\nname = "demo\n')
    assert broken.error_line == 2
    assert "no valid TOML" in broken.error


def test_conflict_markers_are_named() -> None:
    broken = read('[project]\n<<<<<<< HEAD\nname = "a"\n=======\nname = "b"\n>>>>>>> other\n')
    assert (broken.error_line, broken.error) == (2, "it holds the conflict markers of an unfinished merge")


def test_strange_types_do_not_break_the_reader() -> None:
    project = read('project = 3\n[tool]\npoetry = ["x"]\n[dependency-groups]\n')
    assert (project.name, project.version, project.groups) == (None, None, ("main",))


def test_missing_file_is_no_project() -> None:
    assert read_project(None) is None
