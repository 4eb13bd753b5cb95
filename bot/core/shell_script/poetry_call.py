"""Calls of Poetry, read by its own options: `poetry -C app install --only main -qn` is an `install`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.shell_script.arguments import Arguments, parse_arguments
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.programs import outer_program

_GLOBAL = frozenset({"-C", "--directory", "-P", "--project"})
_FAMILIES = frozenset({"self", "env", "cache", "source", "debug", "python", "bundle"})
_DEPENDENCY_OPTIONS = ("--only", "--with", "--without", "--extras", "-E")
_WITH_VALUE = {
    "install": frozenset(_DEPENDENCY_OPTIONS),
    "sync": frozenset(_DEPENDENCY_OPTIONS),
    "update": frozenset(_DEPENDENCY_OPTIONS),
    "show": frozenset({"--only", "--with", "--without", "--format", "-f"}),
    "add": frozenset({"--group", "-G", "--extras", "-E", "--python", "--platform", "--markers", "--source"}),
    "remove": frozenset({"--group", "-G"}),
    "export": frozenset({*_DEPENDENCY_OPTIONS, "--format", "-f", "--output", "-o"}),
    "build": frozenset({"--format", "-f", "--output", "-o", "--local-version", "-l", "--config-settings", "-c"}),
    "publish": frozenset(
        {"--repository", "-r", "--username", "-u", "--password", "-p", "--cert", "--client-cert", "--dist-dir"}
    ),
    "bundle venv": frozenset({"--python", "-p", *_DEPENDENCY_OPTIONS}),
    "self add": frozenset({"--source", "--extras", "-E"}),
    "source add": frozenset({"--priority", "-p"}),
    "new": frozenset({"--name", "--readme", "--description", "--author", "--python"}),
}
INSTALLING = frozenset({"install", "sync"})


@dataclass(frozen=True)
class PoetryCall:
    """One call. ``subcommand`` is `install`, `env activate`, `self add`...; empty for `poetry --version`.

    ``arguments`` are those of the subcommand together with Poetry's global ones. For `run` the operands are the
    command that it runs.
    """

    command: Command
    subcommand: str
    arguments: Arguments

    @property
    def is_install(self) -> bool:
        """Whether it installs the project's dependencies (`install`, `sync`), not just shows what it would do."""
        return self.subcommand in INSTALLING and not self.arguments.has("--dry-run")

    @property
    def brings_packages(self) -> bool:
        """Whether it installs what the lock names, not just the project itself."""
        return self.is_install and not self.arguments.has("--only-root", "--help", "-h")

    @property
    def only(self) -> tuple[str, ...]:
        """Groups of `--only`."""
        return _names(self.arguments.values("--only"))

    @property
    def with_groups(self) -> tuple[str, ...]:
        """Groups of `--with`."""
        return _names(self.arguments.values("--with"))

    @property
    def without(self) -> tuple[str, ...]:
        """Groups of `--without`; `--no-dev` of Poetry 1 means `dev`."""
        return (*_names(self.arguments.values("--without")), *(("dev",) if self.arguments.has("--no-dev") else ()))

    @property
    def extras(self) -> tuple[str, ...]:
        """Extras of `-E`, which may be given several times and hold several names."""
        return _names(self.arguments.values("--extras", "-E"))

    @property
    def skips_root(self) -> bool:
        """Whether the project itself is not installed."""
        return self.arguments.has("--no-root") or self.subcommand in {"update", "lock"}

    @property
    def removes_others(self) -> bool:
        """Whether packages that are not in the lock are removed from the environment."""
        return self.subcommand == "sync" or self.arguments.has("--sync", "--remove-untracked")

    @property
    def directory(self) -> str | None:
        """The folder whose project is meant, from the repository's root; None where that is not certain."""
        target = self.arguments.value("-C", "--directory", "-P", "--project")
        here = self.command.directory
        if target is None or here is None:
            return here
        text = target.text
        for root in ("$CI_PROJECT_DIR", "${CI_PROJECT_DIR}"):
            if text == root or text.startswith(f"{root}/"):
                return _normal(text[len(root) :].lstrip("/"))
        if not target.known or text.startswith(("/", "~")):
            return None
        return _normal(posixpath.join(here, text))


def _normal(path: str) -> str | None:
    normal = posixpath.normpath(path or ".")
    if normal.startswith(".."):
        return None
    return "" if normal == "." else normal


def _names(words: Iterable[Word]) -> tuple[str, ...]:
    return tuple(name for word in words for name in word.text.replace(",", " ").split())


def poetry_call(command: Command) -> PoetryCall | None:
    """Read a command as a call of Poetry; None where it is none."""
    program = outer_program(command)
    if program.name != "poetry":
        return None
    outer = parse_arguments(program.arguments, _GLOBAL, first_operand_ends=True)
    if not outer.operands:
        return PoetryCall(command, "", outer)
    head, rest = outer.operands[0].text, outer.operands[1:]
    if head in _FAMILIES and rest and not rest[0].text.startswith("-"):
        head, rest = f"{head} {rest[0].text}", rest[1:]
    with_value = _GLOBAL | _WITH_VALUE.get(head, frozenset())
    inner = parse_arguments(rest, with_value, first_operand_ends=head == "run")
    return PoetryCall(command, head, Arguments(outer.options + inner.options, inner.operands))


def poetry_calls(commands: Iterable[Command], *subcommands: str) -> Iterator[PoetryCall]:
    """Yield the calls of Poetry, all of them or those of some subcommands."""
    for command in commands:
        call = poetry_call(command)
        if call is not None and (not subcommands or call.subcommand in subcommands):
            yield call
