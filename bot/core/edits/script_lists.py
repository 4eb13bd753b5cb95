"""A section of a script as it is written: a list, a single text, an alias or a reference to one."""

from __future__ import annotations

from bot.core.ci.model import Job, ScriptLine
from bot.core.edits.splice import add_item, lines_behind, replace_value
from bot.core.edits.style import column, style_near
from bot.core.edits.target import Target, parents
from bot.core.edits.text import EditRefused
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Alias, Document, Mapping, Node, Scalar, Sequence

SECTIONS = ("before_script", "script", "after_script")


def job_lines(job: Job, section: str) -> list[ScriptLine]:
    """Return the lines of one section."""
    return [line for line in (*job.script, *job.after_script) if line.section == section]


def section_node(target: Target, job: Job, section: str) -> tuple[Document, Node] | None:
    """Return the node that gives a job its section, in whatever template that is."""
    place = job.origins.get((section,))
    if place is None or place.span.start == place.span.end:
        return None
    return target.document(place.path), target.node(place)


def insert_in_front(document: Document, node: Node, line: str) -> Edit:
    """Add a line in front of one that is written as this node."""
    around = parents(document, node)
    if not around:
        raise EditRefused("the line is written in an unusual way")
    if isinstance(around[0], Sequence):
        return add_item(document, around[0], line, around[0].items.index(node))
    return add_to_text(document, around[0], node, line, at_end=False)


def add_to_section(document: Document, node: Node, line: str, *, at_end: bool) -> Edit:
    """Add a line at the start or the end of a section that is written as this node."""
    if isinstance(node, Sequence) and node.tag is None:
        return add_item(document, node, line, len(node.items) if at_end else 0)
    around = parents(document, node)
    return add_to_text(document, around[0] if around else node, node, line, at_end=at_end)


def add_to_text(document: Document, around: Node, node: Node, line: str, *, at_end: bool) -> Edit:
    """Add a line to a section that is one text: a block grows, another text becomes a list."""
    entry = (
        next((entry for entry in around.entries if entry.value is node), None)
        if isinstance(around, Mapping)
        else None
    )
    if entry is None or not isinstance(node, Scalar):
        raise EditRefused("the script is written in an unusual way")
    if node.style == "|":
        return _into_block(document, node, line, at_end=at_end)
    if node.anchor is not None or node.style == ">" or "\n" in node.value:
        raise EditRefused("the script is one text over several lines")
    return replace_value(document, entry, [node.value, line] if at_end else [line, node.value])


def _into_block(document: Document, node: Scalar, line: str, *, at_end: bool) -> Edit:
    text = document.text
    first = text.index("\n", node.start) + 1
    content = len(text[first : node.end]) - len(text[first : node.end].lstrip(" \r\n"))
    indent = column(text, first + content)
    if at_end:
        return lines_behind(document, node.end, [line], indent)
    written = " " * indent + line + style_near(document).line_end
    return Edit(document.path, Span(first, first), written)


def item_with(sequence: Sequence, line: ScriptLine) -> int | None:
    """Return the index of the item of a list that brings a line, through an alias or a list inside the list."""
    for index, item in enumerate(sequence.items):
        held = item.target if isinstance(item, Alias) else item
        if held.start <= line.location.span.start and line.location.span.end <= held.end:
            return index
    return None


def first_line_of(sequence: Sequence, index: int, lines: list[ScriptLine]) -> int | None:
    """Return which line of a section is the first that an item of its list brings."""
    item = sequence.items[index]
    held = item.target if isinstance(item, Alias) else item
    return next(
        (number for number, line in enumerate(lines) if held.start <= line.location.span.start < max(held.end, 1)),
        None,
    )
