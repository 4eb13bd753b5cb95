"""How a YAML file is written: indents, dash columns, quotes, line ends. New text follows its neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.yamltree import Alias, Document, Mapping, Node, Scalar, Sequence, walk

DEFAULT_STEP = 2


@dataclass(frozen=True, slots=True)
class Style:
    """``step`` is the indent of a mapping below its key, ``dash`` the dash's column behind its key's column."""

    step: int = DEFAULT_STEP
    dash: int = DEFAULT_STEP
    quote: str = '"'
    line_end: str = "\n"


def style_near(document: Document, *near: Node) -> Style:
    """Return the habits of a place: those of the first nodes given that show one, else those of the file."""
    style = _style_of(document)
    return Style(
        step=_first_habit(near, lambda node: _steps(document.text, node), style.step),
        dash=_first_habit(near, lambda node: _dashes(document.text, node), style.dash),
        quote=style.quote,
        line_end=style.line_end,
    )


@lru_cache(maxsize=16)
def _style_of(document: Document) -> Style:
    roots = document.roots[-1:]
    return Style(
        step=_first_habit(roots, lambda node: _steps(document.text, node), DEFAULT_STEP),
        dash=_first_habit(roots, lambda node: _dashes(document.text, node), DEFAULT_STEP),
        quote=_quote(roots),
        line_end=line_end(document.text),
    )


def line_end(text: str) -> str:
    """Return the line end that a text uses."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def column(text: str, offset: int) -> int:
    """Return how many characters stand before an offset in its line."""
    return offset - (text.rfind("\n", 0, offset) + 1)


def _first_habit(roots: Iterable[Node], find: Callable[[Node], Iterator[int]], default: int) -> int:
    for root in roots:
        seen = Counter(find(root))
        if seen:
            return seen.most_common(1)[0][0]
    return default


def _values(root: Node) -> Iterator[tuple[Node, Node]]:
    for node in walk(root):
        if isinstance(node, Mapping) and not node.flow:
            yield from ((entry.key, entry.value) for entry in node.entries if not isinstance(entry.value, Alias))


def _steps(text: str, root: Node) -> Iterator[int]:
    for key, value in _values(root):
        if isinstance(value, Mapping) and not value.flow and value.entries:
            yield column(text, value.start) - column(text, key.outer_start)


def _dashes(text: str, root: Node) -> Iterator[int]:
    for key, value in _values(root):
        if isinstance(value, Sequence) and not value.flow and value.items:
            yield column(text, value.start) - column(text, key.outer_start)


def _quote(roots: Iterable[Node]) -> str:
    seen = Counter(
        node.style
        for root in roots
        for node in walk(root)
        if isinstance(node, Scalar) and node.style in {"'", '"'}
    )
    return seen.most_common(1)[0][0] if seen else '"'
