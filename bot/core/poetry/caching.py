"""What the caches of a job hold, seen from its installations with Poetry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.core.ci.model import Cache, Job, Text
from bot.core.poetry.environment import Environment, environment_of, plain_variables
from bot.core.poetry.places import Place, covers, place_of
from bot.core.shell_script.arguments import Arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls
from bot.core.shell_script.poetry_setup import poetry_setups

_POETRY_FOLDER = re.compile(r"(?:pypoetry|virtualenvs)(?:/|$)|\.local/share/virtualenvs|(?:^|/)\.?venv/?$")
_VENV_FOLDER = re.compile(r"(?:^|/)\.?venv(?:[-_/.*]|$)")


class Holds(Enum):
    """What a cached path holds of Poetry's."""

    ENVIRONMENT = "environment"
    DOWNLOADS = "downloads"
    OUTSIDE = "outside"  # a place of Poetry's that the runner cannot store
    LOOKALIKE = "lookalike"  # the name of a virtual environment, but Poetry's is elsewhere
    UNKNOWN = "unknown"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class CachedPath:
    """One path of one cache, and what it holds. ``path`` is None for `untracked: true`."""

    cache: Cache
    path: Text | None
    holds: Holds


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A job that installs with Poetry: its installing calls, their environments, and its cached paths."""

    job: Job
    calls: tuple[PoetryCall, ...]
    environments: tuple[Environment, ...]
    paths: tuple[CachedPath, ...]

    def holding(self, *kinds: Holds) -> tuple[CachedPath, ...]:
        """Return the cached paths of a kind."""
        return tuple(path for path in self.paths if path.holds in kinds)

    @property
    def is_cached(self) -> bool:
        """Whether a cache that is restored holds the environment or Poetry's downloads."""
        return bool(self.holding(Holds.ENVIRONMENT, Holds.DOWNLOADS))


def read_installation(job: Job, poetry_toml: Mapping[str, str]) -> Installation | None:
    """Return what a job installs with Poetry and which of its caches help; None where it does not install."""
    calls = tuple(
        call
        for call in poetry_calls(job.commands)
        if call.brings_packages or (call.subcommand == "bundle venv" and not call.arguments.has("--help", "-h"))
    )
    if not calls:
        return None
    environments = tuple(environment_of(job, call, poetry_toml) for call in calls)
    paths = tuple(_cached_paths(job, environments))
    return Installation(job=job, calls=calls, environments=environments, paths=paths)


def assumed_installation(job: Job, poetry_toml: Mapping[str, str]) -> Installation | None:
    """Return what a job would install that sets Poetry up and then runs something that is not at hand.

    None for a job whose commands are all known, or that does not set Poetry up.
    """
    if not poetry_setups(job) or not any(_is_opaque(job, command) for command in job.commands):
        return None
    words = (Word("poetry"), Word("install"))
    call = PoetryCall(Command(name="poetry", words=words), "install", Arguments())
    environments = (environment_of(job, call, poetry_toml),)
    return Installation(
        job=job, calls=(call,), environments=environments, paths=tuple(_cached_paths(job, environments))
    )


def _is_opaque(job: Job, command: Command) -> bool:
    """Whether a command runs a make target or a script that the repository holds and that is not at hand."""
    if command.name == "make":
        return not any("makefile" in path.lower() for path in job.files)
    return command.words[0].text.startswith("./") and command.words[0].text[2:] not in job.files


def _cached_paths(job: Job, environments: tuple[Environment, ...]) -> Iterator[CachedPath]:
    variables = plain_variables(job)
    for cache in job.caches:
        if cache.policy == "push":
            continue
        if cache.untracked and any(environment.venv.inside for environment in environments):
            yield CachedPath(cache, None, Holds.ENVIRONMENT)
        for path in cache.paths:
            place = place_of(path.value, variables)
            found = {_holds(path.value, place, environment) for environment in environments}
            yield CachedPath(cache, path, min(found, key=list(Holds).index))


def _holds(text: str, place: Place, environment: Environment) -> Holds:
    if not place.known:
        return Holds.UNKNOWN
    if not place.inside:
        return (
            Holds.OUTSIDE if _POETRY_FOLDER.search(text) or text.rstrip("/").endswith("/.cache") else Holds.NOTHING
        )
    if environment.venv.inside and covers(place.path, environment.venv.path):
        return Holds.ENVIRONMENT
    if environment.downloads.inside and _covers_downloads(place.path, environment.downloads.path):
        return Holds.DOWNLOADS
    if not environment.venv.known and _VENV_FOLDER.search(place.path):
        return Holds.UNKNOWN
    return Holds.LOOKALIKE if _VENV_FOLDER.search(place.path) else Holds.NOTHING


def _covers_downloads(pattern: str, folder: str) -> bool:
    """Whether a path holds Poetry's downloads: the `virtualenvs` beside them are none."""
    return any(covers(pattern, f"{folder}/{part}") for part in ("artifacts", "cache"))
