"""Commands that run a project's tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.shell_script.model import Command
from bot.core.shell_script.programs import Program, inner_program

_RUNNERS = frozenset(
    {"pytest", "py.test", "tox", "nox", "nosetests", "behave", "trial", "stestr", "ward", "nose2"}
)
_QUESTIONS = frozenset({"--version", "--help", "-h", "--co", "--collect-only", "--list", "-l"})


def runs_of_tests(commands: Iterable[Command]) -> Iterator[Command]:
    """Yield commands that run tests: pytest, tox, nox, unittest, `manage.py test`, `make test`, coverage."""
    for command in commands:
        if _runs_tests(inner_program(command)):
            yield command


def _runs_tests(program: Program) -> bool:
    words = [word.text for word in program.arguments]
    if program.name in _RUNNERS or program.name == "unittest":
        return not _QUESTIONS.intersection(words)
    if program.name == "coverage":
        return words[:1] == ["run"]
    if program.name in {"make", "just", "task", "invoke", "inv", "poe", "hatch", "pdm"}:
        return any(word == "test" or word.startswith(("test-", "test_", "tests", "unit")) for word in words)
    return any(word.endswith("manage.py") for word in words[:1]) and words[1:2] == ["test"]
