"""Virtual environments of a job: made, and made active for the commands that follow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.shell_script.arguments import parse_arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_call import PoetryCall, poetry_call
from bot.core.shell_script.programs import is_python, outer_program

_ACTIVATE = re.compile(r"(?:^|/)activate(?:\.fish|\.csh)?\Z")
_POETRY_PATH = re.compile(r"poetry\b[^)`]*\benv info\b")
_WITH_VALUE = frozenset({"--prompt", "-p", "--python", "--clear-app-data", "--app-data"})


@dataclass(frozen=True)
class Activation:
    """A command that is meant to put an environment's programs in front.

    ``kind``: `source` (a file `.../bin/activate`), `poetry-path` (`source $(poetry env info --path)/...`),
    `poetry-activate` (`eval $(poetry env activate)`), `printed` (`poetry env activate` alone, which only
    prints), `shell` (`poetry shell`, which opens a shell that ends at once), `executed` (`./venv/bin/activate`
    or `sh .../activate`, which changes nothing), `conda`, `path` (`export PATH=...venv/bin:$PATH`).
    ``works``: whether the commands behind it see the environment.
    """

    kind: str
    command: Command
    target: Word | None = None

    @property
    def works(self) -> bool:
        """Whether it can have an effect on the commands that follow in the same shell."""
        return self.kind not in {"printed", "shell", "executed"}


@dataclass(frozen=True)
class MadeEnvironment:
    """`python -m venv PATH`, `virtualenv PATH` or `uv venv PATH`."""

    command: Command
    path: Word | None


def activations(commands: Iterable[Command]) -> Iterator[Activation]:
    """Yield attempts to activate an environment, in order."""
    found = list(commands)
    for index, command in enumerate(found):
        activation = _sourced(command) or _executed(command)
        call = poetry_call(command)
        if call is not None:
            activation = _by_poetry(call, found[index + 1 :])
        if activation is not None:
            yield activation


def _sourced(command: Command) -> Activation | None:
    if command.name not in {"source", "."} or len(command.words) < 2:  # noqa: PLR2004 - the builtin and a file
        return _conda(command)
    target = command.words[1]
    if not _ACTIVATE.search(target.text):
        return None
    if target.text == "activate":
        return Activation("conda", command, target)
    kind = "poetry-path" if _POETRY_PATH.search(target.text) else "source"
    return Activation(kind, command, target)


def _conda(command: Command) -> Activation | None:
    activates = command.name in {"conda", "mamba", "micromamba"} and command.arguments[:1] == ("activate",)
    return Activation("conda", command) if activates else None


def _executed(command: Command) -> Activation | None:
    is_shell = command.name in {"sh", "bash", "zsh"} and len(command.words) > 1
    target = command.words[1] if is_shell else command.words[0]
    if _ACTIVATE.search(target.text) and "/" in target.text:
        return Activation("executed", command, target)
    return None


def _by_poetry(call: PoetryCall, later: list[Command]) -> Activation | None:
    command = call.command
    if call.subcommand == "shell":
        return Activation("shell", command)
    if call.subcommand != "env activate":
        return None
    outer = later[0] if later and command.substituted else None
    return Activation("poetry-activate" if outer is not None and outer.name == "eval" else "printed", command)


def made_environments(commands: Iterable[Command]) -> Iterator[MadeEnvironment]:
    """Yield the environments that commands make, in order."""
    for command in commands:
        program = outer_program(command)
        words = program.arguments
        if program.name == "uv" and words and words[0].text == "venv":
            words = words[1:]
        elif program.name not in {"venv", "virtualenv"}:
            continue
        operands = parse_arguments(words, _WITH_VALUE).operands
        if operands and is_python(operands[0].text):
            continue
        yield MadeEnvironment(command, operands[-1] if operands else None)
