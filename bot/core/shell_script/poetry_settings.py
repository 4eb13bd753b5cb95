"""Settings of Poetry that a job makes: `poetry config KEY VALUE` and variables such as POETRY_CACHE_DIR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.shell_script.variables import certain_variables

if TYPE_CHECKING:
    from bot.core.ci.model import Job


@dataclass(frozen=True)
class PoetrySetting:
    """`poetry config KEY VALUE...`. ``is_local`` writes `poetry.toml`; ``unset`` removes the setting.

    ``key`` has no `settings.` in front, which Poetry before 1.0 wanted.
    """

    key: str
    values: tuple[Word, ...]
    command: Command
    is_local: bool = False
    unset: bool = False


def poetry_settings(commands: Iterable[Command]) -> Iterator[PoetrySetting]:
    """Yield the settings that commands make, in order; mere questions are left out."""
    for call in poetry_calls(commands, "config"):
        unset = call.arguments.has("--unset")
        operands = call.arguments.operands
        if operands and (unset or len(operands) > 1):
            key = operands[0].text.removeprefix("settings.")
            yield PoetrySetting(key, operands[1:], call.command, call.arguments.has("--local"), unset)


def environment_value(job: Job, command: Command, name: str) -> Word | None:
    """Return the value that an environment variable has for a command: set in the script, else the job's own."""
    return command.assignments.get(name) or certain_variables(job).get(name)


def setting_variable(key: str) -> str:
    """Return the environment variable of a setting: `virtualenvs.in-project` -> POETRY_VIRTUALENVS_IN_PROJECT."""
    return "POETRY_" + key.upper().replace(".", "_").replace("-", "_")


def setting_at(job: Job, command: Command, key: str) -> Word | None:
    """Return a setting's value when a command of the job runs: the variable wins over `poetry config` before it.

    What `poetry.toml` says is not looked at. None where the job does not set it.
    """
    from_environment = environment_value(job, command, setting_variable(key))
    if from_environment is not None:
        return from_environment
    value: Word | None = None
    for setting in poetry_settings(_before(job.commands, command)):
        if setting.key == key:
            value = None if setting.unset or not setting.values else setting.values[0]
    return value


def _before(commands: tuple[Command, ...], command: Command) -> tuple[Command, ...]:
    at = next((index for index, other in enumerate(commands) if other is command), len(commands))
    return commands[:at]
