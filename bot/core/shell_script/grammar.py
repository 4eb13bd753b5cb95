"""The shell's grammar: text to syntax trees, such that a broken line does not take the others with it.

A hostile text must not hang the parser: tree-sitter needs quadratic time for deep nesting and for many open
here-documents, and has no time limit of its own, so such text is not parsed at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from bot.core.finding import Location
from bot.core.shell_script.fragment import Fragment, join

MAX_TEXT = 40_000
MAX_NESTING = 60
MAX_MARKS = 100
_MAY_END = re.compile(r"\b(?:fi|done|esac)\b|[})\"'`]|^\s*\w+\s*$")
LOOK_AHEAD = 60  # lines that one unfinished construct may span
LOOK_AHEAD_TEXT = 100_000


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
    if len(text) > MAX_TEXT or any(text.count(mark) > MAX_MARKS for mark in ("<<", "()", "))", "for ")):
        return False
    depth = unmatched = 0
    for character in text:
        if character in ")}]":
            unmatched += depth == 0
            depth = max(depth - 1, 0)
        depth += character in "({["
        if depth > MAX_NESTING or unmatched > MAX_MARKS:
            return False
    return True


@lru_cache(maxsize=512)
def _tree(text: str) -> Node | None:
    """Parse a text; jobs that share a template share the tree."""
    return _parser().parse(text.encode()).root_node if _is_parsable(text) else None


def parse(fragment: Fragment, lines: tuple[tuple[int, int], ...] = ((0, 0),)) -> Script | None:
    """Parse one text as it is, errors and all; None for a text that no person wrote."""
    root = _tree(fragment.text)
    return Script(fragment, root, lines) if root is not None else None


def parse_items(items: Sequence[tuple[int, Fragment]]) -> Iterator[Script]:
    """Parse the items of a script, in order. Items that only make sense together (`if` ... `fi`) are joined."""
    yield from _parse_all(items, _Budget(LOOK_AHEAD_TEXT))


@dataclass
class _Budget:
    """How much text may still be parsed in vain: broken, or in search of the end of an unfinished construct."""

    left: int

    def spend(self, amount: int) -> bool:
        """Take an amount away and say whether it was there."""
        self.left -= amount
        return self.left >= 0


def _parse_all(items: Sequence[tuple[int, Fragment]], budget: _Budget) -> Iterator[Script]:
    at = 0
    while at < len(items) and budget.left >= 0:
        number, fragment = items[at]
        script = parse(fragment, ((0, number),))
        used = 1
        if script is not None and script.root.has_error:
            budget.spend(len(fragment.text))
            script, used = _longer(items[at : at + LOOK_AHEAD], script, budget)
        is_good = script is not None and not script.root.has_error
        if not is_good and "\n" in fragment.text.strip():
            yield from _parse_all(_rows(number, fragment), budget)
        elif script is not None:
            yield script
        at += used


def _rows(number: int, fragment: Fragment) -> list[tuple[int, Fragment]]:
    rows: list[tuple[int, Fragment]] = []
    start = 0
    for row in fragment.text.split("\n"):
        rows.append((number, fragment.cut(start, start + len(row.rstrip("\r")))))
        start += len(row) + 1
    return rows


def _longer(items: Sequence[tuple[int, Fragment]], alone: Script, budget: _Budget) -> tuple[Script, int]:
    """Return the shortest error-free reading of the first items together, or the first item's own reading."""
    pieces: list[Fragment] = []
    lines: list[tuple[int, int]] = []
    length = 0
    for count, (number, fragment) in enumerate(items, 1):
        lines.append((length, number))
        pieces += (fragment, fragment.made_up("\n"))
        length += len(fragment.text) + 1
        if count == 1 or _MAY_END.search(fragment.text) is None:
            continue
        if not budget.spend(length):
            break
        longer = parse(join(pieces), tuple(lines))
        if longer is not None and not longer.root.has_error:
            return longer, count
    return alone, 1
