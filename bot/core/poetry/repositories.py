"""The repositories that a job configures for `poetry publish`."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.poetry.environment import commands_before, plain_variables
from bot.core.poetry.text import expand, is_certain
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_settings import poetry_settings

_PREFIX = "POETRY_REPOSITORIES_"


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository: its name and upload URL, the job's variables replaced in it."""

    name: str
    url: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Repositories:
    """Repositories by name. ``complete`` is false where a name or its setting is not known."""

    found: dict[str, Repository] = field(default_factory=dict)
    complete: bool = True

    def get(self, name: str) -> Repository | None:
        """Return a repository; Poetry's variables cannot tell `my-repo` from `my_repo`."""
        return self.found.get(_normal(name))


def configured_repositories(job: Job, command: Command) -> Repositories:
    """Return what `poetry config repositories.NAME URL` and `POETRY_REPOSITORIES_NAME_URL` set for a command."""
    found: dict[str, Repository] = {}
    complete = True
    variables = plain_variables(job)
    for change in poetry_settings(commands_before(job, command)):
        key = expand(change.key, variables)
        section, _, name = key.partition(".")
        complete = complete and is_certain(key)
        if section == "repositories" and change.values:
            url = expand(change.values[0].text, variables)
            found[_normal(name.removesuffix(".url"))] = Repository(name, url, change.command.location)
    given = {name: (text.value, text.location) for name, text in job.variables.items()}
    given |= {name: (word.text, word.location) for name, word in command.assignments.items() if word.location}
    for name, (text, location) in given.items():
        if name.startswith(_PREFIX):
            short = name.removeprefix(_PREFIX).removesuffix("_URL")
            found.setdefault(_normal(short), Repository(short.lower(), expand(text, variables), location))
    return Repositories(found, complete)


def _normal(name: str) -> str:
    return name.lower().replace("-", "_")
