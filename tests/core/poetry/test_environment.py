"""Where Poetry's environment and downloads lie, by everything that can decide it."""

from __future__ import annotations

import pytest

from bot.core.ci.model import Job
from bot.core.poetry.environment import Environment, environment_of
from bot.core.poetry.places import OUTSIDE, UNKNOWN, Place
from bot.core.shell_script.poetry_call import poetry_calls
from tests.core.poetry.pipelines import job_of

VENV = Place(inside=True, path=".venv")


def environment(job: Job, poetry_toml: dict[str, str] | None = None) -> Environment:
    call = next(poetry_calls(job.commands, "install"))
    return environment_of(job, call, poetry_toml or {})


def test_by_default_both_are_outside() -> None:
    found = environment(job_of("poetry install"))
    assert (found.venv, found.downloads) == (OUTSIDE, OUTSIDE)


@pytest.mark.parametrize("value", ['"true"', '"1"', "true", '"True"'])
def test_variable_puts_the_environment_into_the_project(value: str) -> None:
    job = job_of("poetry install", variables=f"{{POETRY_VIRTUALENVS_IN_PROJECT: {value}}}")
    assert environment(job).venv == VENV


def test_before_poetry_2_1_a_capital_letter_is_false() -> None:
    job = job_of(
        "pip install poetry==1.8.5", "poetry install", variables='{POETRY_VIRTUALENVS_IN_PROJECT: "True"}'
    )
    assert environment(job).venv == OUTSIDE


def test_setting_by_command_counts_from_there_on() -> None:
    assert environment(job_of("poetry config virtualenvs.in-project true", "poetry install")).venv == VENV
    assert environment(job_of("poetry install", "poetry config virtualenvs.in-project true")).venv == OUTSIDE


def test_variable_wins_over_project_settings_and_those_over_the_users() -> None:
    local = {"virtualenvs.in-project": "false"}
    assert (
        environment(job_of("poetry config virtualenvs.in-project true", "poetry install"), local).venv == OUTSIDE
    )
    script = ("export POETRY_VIRTUALENVS_IN_PROJECT=true", "poetry install")
    assert environment(job_of(*script), local).venv == VENV


def test_poetry_toml_and_local_settings_are_the_same() -> None:
    assert environment(job_of("poetry install"), {"virtualenvs.in-project": "true"}).venv == VENV
    script = ("poetry config --local virtualenvs.in-project true", "poetry install")
    assert environment(job_of(*script), {"virtualenvs.in-project": "false"}).venv == VENV


def test_folder_of_the_project_counts() -> None:
    settings = {"virtualenvs.in-project": "true"}
    assert environment(job_of("cd app", "poetry install"), settings).venv == Place(inside=True, path="app/.venv")
    assert environment(job_of("poetry -C app install"), settings).venv == Place(inside=True, path="app/.venv")
    assert environment(job_of("cd $APP", "poetry install"), settings).venv == UNKNOWN


def test_cache_folder_in_the_project_holds_both() -> None:
    found = environment(job_of("poetry install", variables="{POETRY_CACHE_DIR: $CI_PROJECT_DIR/.poetry}"))
    assert found.downloads == Place(inside=True, path=".poetry")
    assert found.venv == Place(inside=True, path=".poetry/virtualenvs")


def test_home_in_the_project_moves_the_cache_folder() -> None:
    found = environment(job_of("poetry install", variables="{XDG_CACHE_HOME: $CI_PROJECT_DIR/.cache}"))
    assert found.downloads == Place(inside=True, path=".cache/pypoetry")


def test_path_of_environments_may_stand_apart() -> None:
    job = job_of(
        "poetry install", variables='{POETRY_VIRTUALENVS_PATH: "{cache-dir}/envs", POETRY_CACHE_DIR: .poetry}'
    )
    assert environment(job).venv == Place(inside=True, path=".poetry/envs")
    assert environment(job_of("poetry install", variables="{POETRY_VIRTUALENVS_PATH: envs}")).venv.path == "envs"


def test_active_environment_wins() -> None:
    script = ("python -m venv env", "source env/bin/activate", "poetry install")
    assert environment(job_of(*script)).venv == Place(inside=True, path="env")
    assert environment(job_of("source $(poetry env info --path)/bin/activate", "poetry install")).venv == OUTSIDE


def test_existing_folder_is_used_unless_it_is_forbidden() -> None:
    script = ("python -m venv .venv", "poetry install")
    assert environment(job_of(*script)).venv == VENV
    assert environment(job_of(*script), {"virtualenvs.in-project": "false"}).venv == OUTSIDE


def test_without_environment_everything_is_in_the_image() -> None:
    assert environment(job_of("poetry install", variables='{POETRY_VIRTUALENVS_CREATE: "false"}')).venv == OUTSIDE


def test_unknown_value_is_unknown() -> None:
    assert environment(job_of("poetry config cache-dir $FOLDER", "poetry install")).downloads == UNKNOWN
