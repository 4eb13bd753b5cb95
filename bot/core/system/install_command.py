"""The text of one install command, in the style that the pipeline already has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.core.ci.model import Job, Pipeline
from bot.core.shell_script.system_install import SystemInstall, system_installs

LIST_CLEANING = "rm -rf /var/lib/apt/lists/*"
PROGRAMS = {"apt": "apt-get"}
NO_RECOMMENDS = "--no-install-recommends"
YES = frozenset({"-y", "--yes", "--assume-yes"})
QUIET = re.compile(r"^-q{1,2}$|^--quiet$")
SUDO = re.compile(r"(?:^|[\s;&|(])sudo\s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How a pipeline installs packages: the program, its options, what stands around it."""

    program: str
    options: tuple[str, ...] = ()
    sudo: bool = False
    cleans: bool = False


def habit_of(pipeline: Pipeline, job: Job, manager: str) -> Habit | None:
    """Return the habit of the job's own install commands, else of the other jobs'; None where there is none."""
    for other in (job, *pipeline.jobs):
        for install in system_installs(other.commands):
            if install.manager == manager and 0 <= install.command.line < len(other.script):
                return _habit(install, other.script[install.command.line].text)
    return None


def install_command(manager: str, packages: Sequence[str], habit: Habit | None, *, sudo: bool) -> str:
    """Return a command line that installs the packages and asks nothing."""
    program = habit.program if habit else PROGRAMS.get(manager, manager)
    prefix = "sudo " if sudo else ""
    install = " ".join((f"{prefix}{program}", *_words(manager, habit), *map(shlex.quote, packages)))
    if manager != "apt":
        return install
    quiet = [option for option in habit.options if QUIET.match(option)] if habit else []
    update = " ".join((f"{prefix}{program}", "update", *quiet))
    cleaning = [f"{prefix}{LIST_CLEANING}"] if habit and habit.cleans else []
    return " && ".join((update, install, *cleaning))


def _words(manager: str, habit: Habit | None) -> Iterable[str]:
    if manager == "apk":
        return ("add", "--no-cache")
    if manager != "apt":
        return ("install", "-y")
    options = list(habit.options) if habit else [NO_RECOMMENDS, "--yes"]
    if NO_RECOMMENDS not in options:
        options.append(NO_RECOMMENDS)
    if YES.isdisjoint(options):
        options.append("--yes")
    return ("install", *options)


def _habit(install: SystemInstall, line: str) -> Habit:
    plain = (option.name for option in install.arguments.options if option.value is None)
    return Habit(
        program=install.command.name,
        options=tuple(dict.fromkeys(plain)),
        sudo=bool(SUDO.search(line)),
        cleans="/var/lib/apt/lists" in line,
    )
