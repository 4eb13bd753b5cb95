"""What a running shell knows: variables, functions and the folder that it is in."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from bot.core.shell_script.grammar import Script
from bot.core.shell_script.model import Word

OUTSIDE = None  # a folder that is not known, or not in the repository


@dataclass(kw_only=True)
class Shell:
    """The state of one shell. Commands see ``exported``; expansions see ``variables`` too."""

    variables: dict[str, Word] = field(default_factory=dict)
    exported: Mapping[str, Word] = field(default_factory=dict)
    environment: frozenset[str] = frozenset()  # names that the job exports to every command
    functions: dict[str, tuple[Script, Node]] = field(default_factory=dict)
    parameters: tuple[Word, ...] = ()
    directory: str | None = ""
    stops_at_failure: bool = True
    exports_all: bool = False

    def fork(self) -> Shell:
        """Return a copy, as a subshell or a branch that may not be taken has one."""
        return replace(self, variables=dict(self.variables), functions=dict(self.functions))

    def child(self) -> Shell:
        """Return the shell of a script that is started as a program: it has the environment and nothing else."""
        names = self.environment | set(self.exported)
        return Shell(
            variables={name: word for name, word in self.variables.items() if name in names},
            exported=self.exported,
            environment=self.environment,
            directory=self.directory,
            stops_at_failure=False,
        )

    def assign(self, name: str, value: Word, *, export: bool = False) -> None:
        """Set a variable."""
        self.variables[name] = value
        if export or self.exports_all or name in self.exported or name in self.environment:
            self.exported = {**self.exported, name: value}

    def export(self, name: str) -> None:
        """Export a variable that is set already."""
        if name in self.variables and name not in self.environment:
            self.exported = {**self.exported, name: self.variables[name]}

    def unset(self, name: str) -> None:
        """Forget a variable."""
        self.variables.pop(name, None)
        self.exported = {known: value for known, value in self.exported.items() if known != name}

    def change_directory(self, target: Word | None) -> None:
        """Follow `cd`: a folder that is not certain is OUTSIDE."""
        text = target.text if target is not None else "~"
        for root in ("$CI_PROJECT_DIR", "${CI_PROJECT_DIR}"):
            if text == root or text.startswith(f"{root}/"):
                self.directory = _inside(posixpath.join(".", text[len(root) + 1 :]))
                return
        if self.directory is OUTSIDE or target is None or not target.known or text[:1] in {"/", "~", "-"}:
            self.directory = OUTSIDE
            return
        self.directory = _inside(posixpath.join(self.directory, text))

    def path(self, word: Word) -> str | None:
        """Return the path from the repository's root that a word names, None where that is not certain."""
        there = Shell(directory=self.directory)
        there.change_directory(word)
        return there.directory

    def join_branch(self, other: Shell) -> None:
        """Take over what a branch that may have run did: values that differ are no longer certain."""
        for name in {*self.variables, *other.variables}:
            if self.variables.get(name) != other.variables.get(name):
                word = other.variables.get(name) or self.variables[name]
                self.variables[name] = Word(f"${name}", known=False, location=word.location)
        both = {**other.exported, **self.exported}
        self.exported = {name: self.variables.get(name, word) for name, word in both.items()}
        self.functions = {**other.functions, **self.functions}
        if self.directory != other.directory:
            self.directory = OUTSIDE


def _inside(path: str) -> str | None:
    normal = posixpath.normpath(path)
    if normal == ".." or normal.startswith("../"):
        return OUTSIDE
    return "" if normal == "." else normal
