"""Which program a command really runs: `python3 -m pip` is pip, `poetry run pytest` runs pytest."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.core.shell_script.arguments import parse_arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.wrappers import base_name

_PYTHON = re.compile(r"(?:py|python|pypy)(?:\d(?:\.\d+)?)?\Z", re.ASCII)
_PIP = re.compile(r"pip(?:\d(?:\.\d+)?)?\Z", re.ASCII)
_PYTHON_WITH_VALUE = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_RUNNERS = {
    "poetry": frozenset({"-C", "--directory", "-P", "--project"}),
    "uv": frozenset(
        {"--with", "--python", "-p", "--project", "--directory", "--group", "--extra", "--with-requirements"}
    ),
    "pipx": frozenset({"--spec", "--python", "--pip-args"}),
    "pdm": frozenset({"-p", "--project", "-s", "--site-packages"}),
    "hatch": frozenset({"-e", "--env", "-p", "--project"}),
    "rye": frozenset[str](),
    "pipenv": frozenset[str](),
}
MAX_LAYERS = 4


@dataclass(frozen=True, slots=True)
class Program:
    """A program with its arguments. ``via`` names the runners in front, outermost first (`poetry`)."""

    name: str
    arguments: tuple[Word, ...]
    command: Command
    via: tuple[str, ...] = ()


def is_python(name: str) -> bool:
    """Whether a program's name is that of a Python interpreter."""
    return _PYTHON.match(name) is not None


def outer_program(command: Command) -> Program:
    """Return what the command starts itself; `python3 -m pip` and `pip3.11` are both `pip`."""
    return _normal(Program(command.name, command.words[1:], command))


def inner_program(command: Command) -> Program:
    """Return what is run in the end, through `poetry run`, `uv run`, `pipx run` and the like."""
    found = outer_program(command)
    for _ in range(MAX_LAYERS):
        words = _behind_run(found)
        if not words:
            break
        via = (*found.via, found.name)
        found = _normal(Program(base_name(words[0].text), words[1:], command, via))
    return found


def _normal(program: Program) -> Program:
    if _PIP.match(program.name):
        return replace(program, name="pip")
    if is_python(program.name):
        return _module(program)
    return program


def _module(program: Program) -> Program:
    words = program.arguments
    at = 0
    while at < len(words) and words[at].text[:1] == "-" and len(words[at].text) > 1:
        text = words[at].text
        if text.endswith("m") and not text.startswith("--") and at + 1 < len(words):
            return _normal(replace(program, name=words[at + 1].text, arguments=words[at + 2 :]))
        if text.endswith("c") and not text.startswith("--"):
            break
        at += 2 if text in _PYTHON_WITH_VALUE else 1
    return program


def _behind_run(program: Program) -> tuple[Word, ...]:
    with_value = _RUNNERS.get(program.name)
    if with_value is None:
        return ()
    before = parse_arguments(program.arguments, with_value, first_operand_ends=True).operands
    if not before or before[0].text != "run":
        return ()
    return parse_arguments(before[1:], with_value, first_operand_ends=True).operands
