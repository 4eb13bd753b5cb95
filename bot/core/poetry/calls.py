"""The calls of Poetry in a job: which sub-command, with which words behind it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.shell_script.model import Command, Word

# Global options that take a value: `poetry -C folder install`.
_WITH_VALUE = frozenset({"-C", "--directory", "-P", "--project"})
# Sub-commands of two words.
_PARENTS = frozenset({"cache", "env", "self", "source", "debug", "python", "bundle"})
_INSTALLING = frozenset({"install", "sync", "bundle venv"})


@dataclass(frozen=True, kw_only=True)
class PoetryCall:
    """One call. ``action`` is the sub-command (`install`, `env use`), ``words`` stand behind it.

    ``index`` is the command's place in ``Job.commands``.
    """

    command: Command
    index: int
    action: str
    action_word: Word
    words: tuple[Word, ...] = ()
    directory: str | None = ""  # of the project that Poetry works on; None where that is not certain

    @property
    def location(self) -> Location | None:
        """The whole command's place."""
        return self.command.location

    def option(self, *names: str) -> Word | None:
        """The option's word as written, None where it is not given."""
        return next((word for word in self.words if word.text.partition("=")[0] in names), None)

    def value(self, *names: str) -> Word | None:
        """The value of an option."""
        return self.command.option(*names)

    @property
    def operands(self) -> tuple[Word, ...]:
        """The words that are no options (values of options among them)."""
        return tuple(word for word in self.words if not word.text.startswith("-"))

    @property
    def installs(self) -> bool:
        """Whether the call installs the project's dependencies."""
        return self.action in _INSTALLING and self.option("--dry-run", "--help", "-h", "--only-root") is None


def poetry_calls(job: Job) -> tuple[PoetryCall, ...]:
    """Return every call of Poetry in a job, scripts of the repository included."""
    return calls_in(job.commands)


def calls_in(commands: Sequence[Command]) -> tuple[PoetryCall, ...]:
    """Return every call of Poetry among commands."""
    found = (_read_call(command, index) for index, command in enumerate(commands))
    return tuple(call for call in found if call)


def _read_call(command: Command, index: int) -> PoetryCall | None:
    words = _behind_program(command)
    if words is None:
        return None
    at = _first_operand(words)
    if at is None:
        return None
    action, size = words[at].text, 1
    if action in _PARENTS and at + 1 < len(words) and not words[at + 1].text.startswith("-"):
        action, size = f"{action} {words[at + 1].text}", 2
    return PoetryCall(
        command=command,
        index=index,
        action=action,
        action_word=words[at],
        words=words[at + size :],
        directory=_project_folder(command, words, run=action == "run"),
    )


def _behind_program(command: Command) -> tuple[Word, ...] | None:
    """Return the words behind `poetry`, `python -m poetry` or `pipx run poetry`; None for another program."""
    if command.name == "poetry":
        return command.words[1:]
    texts = [word.text for word in command.words[:4]]
    if command.name.startswith("python") and texts[1:3] == ["-m", "poetry"]:
        return command.words[3:]
    if texts[1:2] == ["run"] and command.name == "pipx" and _is_poetry(texts[2:3]):
        return command.words[3:]
    if command.name == "uvx" and _is_poetry(texts[1:2]):
        return command.words[2:]
    return None


def _is_poetry(texts: list[str]) -> bool:
    return bool(texts) and texts[0].partition("==")[0].partition("@")[0] == "poetry"


def _first_operand(words: Sequence[Word]) -> int | None:
    at = 0
    while at < len(words) and words[at].text.startswith("-"):
        at += 2 if words[at].text in _WITH_VALUE else 1
    return at if at < len(words) else None


def _project_folder(command: Command, words: Sequence[Word], *, run: bool) -> str | None:
    if command.directory is None:
        return None
    given = None if run else Command(name="poetry", words=tuple(words)).option(*_WITH_VALUE)
    first = words[0] if words else None
    if given is None and first is not None and first.text in _WITH_VALUE and len(words) > 1:
        given = words[1]
    if given is None:
        return command.directory
    text = given.text.replace("${CI_PROJECT_DIR}", ".").replace("$CI_PROJECT_DIR", ".")
    if "$" in text or text.startswith(("/", "~")):
        return None
    base = "" if text.startswith("./") and given.text.startswith("$") else command.directory
    folder = posixpath.normpath(posixpath.join(base, text))
    return None if folder.startswith("..") else folder.removeprefix(".")
