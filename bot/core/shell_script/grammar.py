"""The shell's grammar: text to syntax trees, such that a broken line does not take the others with it.

A hostile text must not hang the parser: tree-sitter needs quadratic time for deep nesting and for many open
here-documents, and has no time limit of its own, so such text is not parsed at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from bot.core.finding import Location
from bot.core.shell_script.fragment import Fragment, join

MAX_TEXT = 64_000
MAX_NESTING = 60
MAX_HERE_DOCUMENTS = 100
LOOK_AHEAD = 60  # lines that one unfinished construct may span


@dataclass(frozen=True)
class Script:
    """A parsed piece of shell. ``lines`` says which item of the job's script starts at which offset."""

    fragment: Fragment
    root: Node
    lines: tuple[tuple[int, int], ...] = ((0, 0),)

    @cached_property
    def _characters(self) -> Sequence[int]:
        if self.fragment.text.isascii():
            return range(len(self.fragment.text) + 1)
        starts: list[int] = []
        for index, character in enumerate(self.fragment.text):
            starts += [index] * len(character.encode())
        return [*starts, len(self.fragment.text)]

    def start(self, node: Node) -> int:
        """Return the offset of the node's first character."""
        return self._characters[node.start_byte]

    def end(self, node: Node) -> int:
        """Return the offset behind the node's last character."""
        return self._characters[node.end_byte]

    def text(self, node: Node) -> str:
        """Return the node as written."""
        return self.fragment.text[self.start(node) : self.end(node)]

    def piece(self, node: Node) -> Fragment:
        """Return the node as written, with its place."""
        return self.fragment.cut(self.start(node), self.end(node))

    def location(self, node: Node) -> Location | None:
        """Return the place of a node, None where its ends do not stand in a file."""
        return self.fragment.locate(self.start(node), self.end(node))

    def range_location(self, first: Node, last: Node) -> Location | None:
        """Return the place of all from one node to another, without text that was made up."""
        return self.fragment.locate_roughly(self.start(first), self.end(last))

    def line(self, node: Node) -> int:
        """Return the item of the job's script in which the node starts."""
        start = self.start(node)
        return [line for at, line in self.lines if at <= start][-1]


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_bash.language()))


def _is_parsable(text: str) -> bool:
    if len(text) > MAX_TEXT or text.count("<<") > MAX_HERE_DOCUMENTS:
        return False
    depth = 0
    for character in text:
        depth += (character in "({[") - (character in ")}]" and depth > 0)
        if depth > MAX_NESTING:
            return False
    return True


def parse(fragment: Fragment, lines: tuple[tuple[int, int], ...] = ((0, 0),)) -> Script | None:
    """Parse one text as it is, errors and all; None for a text that no person wrote."""
    if not _is_parsable(fragment.text):
        return None
    tree = _parser().parse(fragment.text.encode())
    return Script(fragment, tree.root_node, lines)


def parse_items(items: Sequence[tuple[int, Fragment]]) -> Iterator[Script]:
    """Parse the items of a script, in order. Items that only make sense together (`if` ... `fi`) are joined."""
    at = 0
    while at < len(items):
        number, fragment = items[at]
        script = parse(fragment, ((0, number),))
        used = 1
        if script is not None and script.root.has_error:
            script, used = _longer(items[at:], script)
        if script is not None and script.root.has_error and "\n" in fragment.text:
            yield from _by_lines(number, fragment)
        elif script is not None:
            yield script
        at += used


def _by_lines(number: int, fragment: Fragment) -> Iterator[Script]:
    rows: list[tuple[int, Fragment]] = []
    start = 0
    for row in fragment.text.splitlines(keepends=True):
        rows.append((number, fragment.cut(start, start + len(row.rstrip("\r\n")))))
        start += len(row)
    at = 0
    while at < len(rows):
        script = parse(rows[at][1], ((0, number),))
        used = 1
        if script is not None and script.root.has_error:
            script, used = _longer(rows[at:], script)
        if script is not None:
            yield script
        at += used


def _longer(items: Sequence[tuple[int, Fragment]], alone: Script) -> tuple[Script, int]:
    """Return the shortest error-free reading of the first items together, or the first item's own reading."""
    pieces: list[Fragment] = []
    lines: list[tuple[int, int]] = []
    length = 0
    for count, (number, fragment) in enumerate(items[:LOOK_AHEAD], 1):
        lines.append((length, number))
        pieces += (fragment, fragment.made_up("\n"))
        length += len(fragment.text) + 1
        longer = parse(join(pieces), tuple(lines)) if count > 1 else None
        if longer is not None and not longer.root.has_error:
            return longer, count
    return alone, 1
