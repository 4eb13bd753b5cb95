"""Paths: inside the project, outside, or unknown."""

from __future__ import annotations

import pytest

from bot.core.poetry.places import OUTSIDE, UNKNOWN, Place, covers, place_of

INSIDE = Place(inside=True, path=".cache/pypoetry")


@pytest.mark.parametrize(
    "text",
    [
        ".cache/pypoetry",
        "./.cache/pypoetry/",
        "$CI_PROJECT_DIR/.cache/pypoetry",
        "${CI_PROJECT_DIR}/.cache/../.cache/pypoetry",
        "/builds/$CI_PROJECT_PATH/.cache/pypoetry",
        "$PWD/.cache/pypoetry",
        "$(pwd)/.cache/pypoetry",
        "$FOLDER/pypoetry",
    ],
)
def test_project_folder_in_every_spelling(text: str) -> None:
    assert place_of(text, {"FOLDER": "${CI_PROJECT_DIR}/.cache"}) == INSIDE


@pytest.mark.parametrize("text", ["~/.cache/pypoetry", "/root/.cache", "$HOME/.cache", "/opt/$NAME", "../cache"])
def test_elsewhere_is_outside(text: str) -> None:
    assert place_of(text, {}) == OUTSIDE


@pytest.mark.parametrize("text", ["$FOLDER/.venv", "/builds/group/demo/.venv", "`pwd -P`/.venv"])
def test_unknown_variable_is_unknown(text: str) -> None:
    assert place_of(text, {}) == UNKNOWN


def test_relative_path_starts_where_the_command_runs() -> None:
    assert place_of(".venv", {}, directory="app") == Place(inside=True, path="app/.venv")
    assert place_of(".venv", {}, directory=None) == UNKNOWN


@pytest.mark.parametrize(
    "pattern", [".venv", ".venv/", ".venv/**", ".venv/**/*", "*", ".", "**/.venv", ".v*", ".venv/lib/python3.12"]
)
def test_pattern_holds_the_environment(pattern: str) -> None:
    assert covers(pattern, ".venv")


@pytest.mark.parametrize("pattern", ["venv", ".venv2", "app/.venv", ".cache", "**/venv"])
def test_pattern_does_not_hold_the_environment(pattern: str) -> None:
    assert not covers(pattern, ".venv")


def test_cycle_of_variables_ends() -> None:
    assert place_of("$A", {"A": "$B", "B": "$A"}) == UNKNOWN
