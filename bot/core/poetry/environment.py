"""Where Poetry puts a job's virtual environment and its downloads.

Order of power, from Poetry's documentation and sources: an active virtual environment, `virtualenvs.create false`,
an environment variable, `poetry.toml` (also written by `config --local`), the user's settings (`poetry config`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.poetry.places import OUTSIDE, UNKNOWN, Place, place_of
from bot.core.python.poetry_config import read_settings
from bot.core.python.versions import parse_version
from bot.core.shell_script.environments import activations, made_environments
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import PoetryCall
from bot.core.shell_script.poetry_settings import poetry_settings
from bot.core.shell_script.poetry_setup import poetry_setups

_ACTIVATE = re.compile(r"/(?:bin|Scripts)/[Aa]ctivate(?:\.\w+)?$")
_ANY_CASE = Version("2.1")
_TRUE = frozenset({"true", "1"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A Poetry setting in force; ``value`` is None where it is set to something that is not known."""

    value: str | None
    location: Location | None = None
    exact: bool = False  # a variable for Poetry before 2.1, which takes `True` as false

    @property
    def is_true(self) -> bool:
        """Whether Poetry takes the text as true."""
        return self.value is not None and (self.value if self.exact else self.value.lower()) in _TRUE


@dataclass(frozen=True, slots=True)
class Environment:
    """``venv`` is the virtual environment's place, ``downloads`` the download cache's.

    ``by_python``: the place is a folder in which Poetry names the environment of each Python by its version.
    """

    venv: Place
    downloads: Place
    by_python: bool = False


def settings_at(job: Job, call: PoetryCall, project: Mapping[str, str]) -> dict[str, Setting]:
    """Return the settings in force for a call. ``project`` is `poetry.toml`.

    A project in a folder of its own has its own file, or none.
    """
    found = {key: Setting(value) for key, value in _of_folder(job, call, project).items()}
    user: dict[str, Setting] = {}
    for change in poetry_settings(commands_before(job, call.command)):
        target = found if change.is_local else user
        if change.unset:
            target.pop(change.key, None)
        elif change.values:
            value = change.values[0]
            certain = value.known or "CI_PROJECT_DIR" in value.text
            target[change.key] = Setting(value.text if certain else None, change.command.location)
    return {**user, **found, **_from_variables(job, call.command)}


def _of_folder(job: Job, call: PoetryCall, project: Mapping[str, str]) -> Mapping[str, str]:
    if not call.directory or f"{call.directory}/pyproject.toml" not in job.files:
        return project
    return read_settings(job.files.get(f"{call.directory}/poetry.toml", ""))


def _from_variables(job: Job, command: Command) -> dict[str, Setting]:
    """Settings by environment variables: `POETRY_VIRTUALENVS_IN_PROJECT` is `virtualenvs.in-project`."""
    exact = _minds_case(job)
    found: dict[str, Setting] = {}
    for name, text in job.variables.items():
        if name.startswith("POETRY_"):
            found[_key(name)] = Setting(text.value, text.location, exact)
    for name, word in command.assignments.items():
        if name.startswith("POETRY_"):
            found[_key(name)] = Setting(word.text, word.location, exact)
    return found


def _minds_case(job: Job) -> bool:
    """Whether the job's Poetry is certainly one that takes only `true` and `1` in variables as true."""
    versions = [parse_version(setup.version) for setup in poetry_setups(job) if setup.version]
    return bool(versions) and all(version is not None and version < _ANY_CASE for version in versions)


def _key(variable: str) -> str:
    section, _, rest = variable.removeprefix("POETRY_").lower().partition("_")
    if section in {"cache", "data"}:
        return f"{section}-{rest}"
    return f"{section}.{rest.replace('_', '-')}"


def plain_variables(job: Job) -> dict[str, str]:
    """Return the job's variables as text."""
    return {name: text.value for name, text in job.variables.items()}


def environment_of(job: Job, call: PoetryCall, project: Mapping[str, str]) -> Environment:
    """Return where a call of `poetry install` puts what it installs and downloads."""
    settings = settings_at(job, call, project)
    variables = plain_variables(job) | {name: word.text for name, word in call.command.assignments.items()}
    downloads = _cache_folder(settings, variables, call.directory)
    active = _active_environment(commands_before(job, call.command), variables)
    if active is not None:
        return Environment(active, downloads)
    if "virtualenvs.create" in settings and not settings["virtualenvs.create"].is_true:
        return Environment(OUTSIDE, downloads)
    folder = _folder(job, call, settings, variables)
    if folder is not None:
        return Environment(folder, downloads)
    path = settings.get("virtualenvs.path", Setting("{cache-dir}/virtualenvs"))
    return Environment(_below(path, downloads, variables, call.directory), downloads, by_python=True)


def _cache_folder(settings: Mapping[str, Setting], variables: Mapping[str, str], directory: str | None) -> Place:
    setting = settings.get("cache-dir")
    if setting is not None:
        return UNKNOWN if setting.value is None else place_of(setting.value, variables, directory=directory)
    for name, below in (("XDG_CACHE_HOME", "pypoetry"), ("HOME", ".cache/pypoetry")):
        if name in variables:
            return place_of(variables[name], variables).joined(below)
    return OUTSIDE


def _folder(
    job: Job, call: PoetryCall, settings: Mapping[str, Setting], variables: Mapping[str, str]
) -> Place | None:
    """Return `.venv` in the project where Poetry uses that, None where it makes a folder of its own."""
    in_project = settings.get("virtualenvs.in-project")
    in_folder = (
        UNKNOWN if call.directory is None else Place(inside=True, path=posixpath.join(call.directory, ".venv"))
    )
    if in_project is not None and in_project.value is None:
        return UNKNOWN
    if in_project is not None and in_project.is_true:
        return in_folder
    if in_project is None and in_folder.known and _makes_folder(job, call, in_folder.path, variables):
        return in_folder
    return None


def _below(path: Setting, downloads: Place, variables: Mapping[str, str], directory: str | None) -> Place:
    if path.value is None:
        return UNKNOWN
    below = path.value.removeprefix("{cache-dir}/")
    return downloads.joined(below) if below != path.value else place_of(path.value, variables, directory=directory)


def commands_before(job: Job, command: Command) -> tuple[Command, ...]:
    """Return the commands of a job that stand before one of them."""
    at = next((index for index, other in enumerate(job.commands) if other is command), len(job.commands))
    return job.commands[:at]


def _active_environment(commands: Sequence[Command], variables: Mapping[str, str]) -> Place | None:
    """Return the environment that the script activated last, None where it did not, or where it is Poetry's."""
    found: Place | None = None
    for activation in activations(commands):
        target = activation.target
        if activation.kind == "conda":
            found = OUTSIDE
        elif activation.kind == "source" and target is not None:
            folder = _ACTIVATE.sub("", target.text)
            found = place_of(folder, variables, directory=activation.command.directory)
    return found


def _makes_folder(job: Job, call: PoetryCall, folder: str, variables: Mapping[str, str]) -> bool:
    """Whether the script makes a virtual environment in a folder before the call."""
    for made in made_environments(commands_before(job, call.command)):
        text = made.path.text if made.path else ".venv"
        place = place_of(text, variables, directory=made.command.directory)
        if place.inside and place.path == folder:
            return True
    return False
