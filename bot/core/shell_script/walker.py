"""Runs a syntax tree as the shell would, without running anything, and collects the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tree_sitter import Node

from bot.core.shell_script.fragment import Fragment
from bot.core.shell_script.grammar import Script, parse_items
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.state import Shell
from bot.core.shell_script.words import Value, expand, expand_one

MAX_COMMANDS = 3_000
MAX_STEPS = 60_000
MAX_DEPTH = 60
_SEQUENCES = frozenset({"program", "compound_statement", "do_group", "ERROR"})


@dataclass(frozen=True, slots=True)
class Mode:
    """Under which circumstances a statement runs."""

    conditional: bool = False
    ignored: bool = False
    pipe_from: str = ""
    pipe_to: str = ""
    substituted: bool = False
    output: Word | None = None
    here_document: Fragment | None = None

    def inside(self) -> Mode:
        """Return the mode of the statements inside `$(...)`."""
        return Mode(conditional=self.conditional, ignored=self.ignored, substituted=True)


@dataclass
class Reading:
    """One job's script being read: what was found so far, within bounds, and how statements are handled."""

    handlers: Mapping[str, Callable[[Walker, Script, Node, Mode], None]]
    files: Mapping[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)  # scripts that are called and are not among the files
    steps: int = 0
    depth: int = 0

    def text(self, path: str | None) -> str | None:
        """Return a file's text; one that is not there is remembered as missing."""
        if path is not None and path not in self.files:
            self.missing.add(path)
        return self.files.get(path) if path is not None else None

    @property
    def is_full(self) -> bool:
        """Whether nothing more is read."""
        return len(self.commands) >= MAX_COMMANDS or self.steps >= MAX_STEPS or self.depth >= MAX_DEPTH


@dataclass(frozen=True)
class Walker:
    """Reads scripts of one shell. ``line`` is the job's line that called a script; ``running`` what is called."""

    shell: Shell
    reading: Reading
    line: int | None = None
    origin: str = ""
    running: frozenset[str] = frozenset()

    def read(self, items: Sequence[tuple[int, Fragment]], mode: Mode) -> None:
        """Run the items of a script."""
        for script in parse_items(items):
            self.visit(script, script.root, mode)

    def visit(self, script: Script, node: Node, mode: Mode) -> None:
        """Run one node."""
        self.reading.steps += 1
        if self.reading.is_full:
            return
        self.reading.depth += 1
        handler = self.reading.handlers.get(node.type)
        if handler is not None:
            handler(self, script, node, mode)
        elif node.type in _SEQUENCES:
            self.sequence(script, node.named_children, mode)
        elif node.is_named:
            self.substitutions(script, node, mode)
        self.reading.depth -= 1

    def sequence(self, script: Script, nodes: Sequence[Node], mode: Mode) -> None:
        """Run nodes one after the other; what is sent to the background cannot end the job."""
        for node in nodes:
            behind = node.next_sibling
            in_background = behind is not None and behind.type == "&"
            self.visit(script, node, replace(mode, ignored=True) if in_background else mode)

    def branch(self, script: Script, nodes: Sequence[Node], mode: Mode) -> None:
        """Run nodes that may be skipped."""
        inside = self.forked()
        inside.sequence(script, nodes, replace(mode, conditional=True))
        self.shell.join_branch(inside.shell)

    def forked(self) -> Walker:
        """Return a walker for a subshell: what it sets is lost."""
        return replace(self, shell=self.shell.fork())

    def substitutions(self, script: Script, node: Node, mode: Mode) -> None:
        """Run the `$(...)` and `<(...)` inside a word."""
        for found in _nested(node):
            self.forked().sequence(script, found.named_children, mode.inside())

    def values(self, script: Script, node: Node, mode: Mode) -> list[Value]:
        """Return what one word as written becomes, having run the commands inside it."""
        self.substitutions(script, node, mode)
        return expand(script, node, self.shell)

    def assigned(self, script: Script, node: Node, mode: Mode) -> tuple[str, Word]:
        """Return name and value of `NAME=VALUE`, having run the commands inside it."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        key = script.text(name) if name is not None else ""
        if value is None:
            return key, Word("", location=script.location(node))
        self.substitutions(script, value, mode)
        word = expand_one(script, value, self.shell).word
        if any(child.type == "+=" for child in node.children):
            return key, Word(f"${key}", known=False, location=word.location)
        return key, word


def _nested(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        found = waiting.pop()
        if found.type in {"command_substitution", "process_substitution"}:
            yield found
        else:
            waiting += reversed(found.named_children)
