"""Splices into YAML text: add, replace or remove an entry or an item, every other byte as it was."""

from __future__ import annotations

from bot.core.edits.render import Plain, render_entry, render_flow, render_item, render_key, render_scalar
from bot.core.edits.style import column, line_end, style_near
from bot.core.edits.text import EditRefused
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document, Entry, Mapping, Node, Scalar, Sequence


def add_first(document: Document, mapping: Mapping, key: str, value: Plain) -> Edit:
    """Add a key to a mapping, in front of all others where that is possible."""
    indent = column(document.text, mapping.start)
    start = mapping.start - indent
    if mapping.flow or document.text[start : mapping.start].strip(" -"):
        return add_entry(document, mapping, key, value)
    style = style_near(document, mapping)
    lines = [" " * indent * bool(line) + line + style.line_end for line in render_entry(key, value, style)]
    if not document.text[start : mapping.start].strip(" "):
        return Edit(document.path, Span(start, start), "".join(lines))
    text = "".join(lines).removeprefix(" " * indent) + " " * indent  # behind a dash
    return Edit(document.path, Span(mapping.start, mapping.start), text)


def add_entry(document: Document, mapping: Mapping, key: str, value: Plain, after: Entry | None = None) -> Edit:
    """Add a key to a mapping, behind an entry of it (the last one where none is named)."""
    style = style_near(document, mapping)
    if mapping.flow:
        return _into_flow_mapping(document, mapping, f"{render_key(key, style)}: {render_flow(value, style)}")
    behind = after or mapping.entries[-1]
    indent = column(document.text, mapping.start)
    return lines_behind(document, _written_end(behind), render_entry(key, value, style), indent)


def add_nested(document: Document, entry: Entry, value: Plain) -> Edit:
    """Give a value to a key that has none (`cache:` and nothing behind it)."""
    style = style_near(document)
    if not isinstance(entry.value, Scalar) or entry.value.start != entry.value.end:
        raise EditRefused(f"`{entry.name}` has a value already")
    lines = render_entry(entry.name, value, style)
    if len(lines) == 1:
        at = _behind_colon(document, entry)
        return Edit(document.path, Span(at, at), lines[0][len(render_key(entry.name, style)) + 1 :])
    indent = column(document.text, entry.key.outer_start)
    return lines_behind(document, entry.value.end, lines[1:], indent)


def replace_value(document: Document, entry: Entry, value: Plain) -> Edit:
    """Replace the whole value of a key, anchor included; comments inside the old value go with it."""
    style = style_near(document)
    lines = render_entry(entry.name, value, style)
    at = _behind_colon(document, entry)
    indent = " " * column(document.text, entry.key.outer_start)
    head = lines[0][len(render_key(entry.name, style)) + 1 :]
    text = style.line_end.join([head, *(indent + line if line else line for line in lines[1:])])
    return Edit(document.path, Span(at, max(at, entry.value.end)), text)


def replace_scalar(document: Document, scalar: Scalar, text: str) -> Edit:
    """Replace a scalar on one line, with the quotes that it has."""
    if scalar.style in {"|", ">"} or "\n" in document.text[scalar.start : scalar.end]:
        raise EditRefused("a text over several lines is not replaced as a whole")
    style = style_near(document)
    return Edit(document.path, scalar.span, render_scalar(text, quote=style.quote, like=scalar.style))


def add_item(document: Document, sequence: Sequence, value: Plain, index: int) -> Edit:
    """Add an item to a list, in front of the item with this index (its length: at the end)."""
    style = style_near(document, sequence)
    if sequence.flow:
        return _into_flow_sequence(document, sequence, render_flow(value, style), index)
    neighbour = sequence.items[min(index, len(sequence.items) - 1)]
    lines = render_item(value, style, _quote_like(neighbour))
    indent = column(document.text, sequence.start)
    if index > 0:
        return lines_behind(document, sequence.items[index - 1].end, lines, indent)
    start = sequence.start - indent
    if document.text[start : sequence.start].strip(" "):
        raise EditRefused("the list begins on a line with something else")
    text = "".join(" " * indent * bool(line) + line + style.line_end for line in lines)
    return Edit(document.path, Span(start, start), text)


def _quote_like(node: Node) -> str:
    return node.style if isinstance(node, Scalar) and node.style in {"'", '"'} else ""


def lines_behind(document: Document, offset: int, lines: list[str], indent: int) -> Edit:
    """Add lines behind the line in which an offset lies."""
    text, ending = document.text, line_end(document.text)
    written = ending.join(" " * indent * bool(line) + line for line in lines)
    end = text.find("\n", offset)
    if end < 0:
        return Edit(document.path, Span(len(text), len(text)), ending + written)
    return Edit(document.path, Span(end + 1, end + 1), written + ending)


def remove_entry(document: Document, mapping: Mapping, entry: Entry) -> Edit:
    """Remove a key with its value; comments stay."""
    if mapping.flow:
        index = mapping.entries.index(entry)
        return _out_of_flow(document, [item.span for item in mapping.entries], index)
    if len(mapping.entries) == 1:
        raise EditRefused(f"`{entry.name}` is the only key there")
    return _without_lines(document, entry.key.outer_start, _written_end(entry))


def remove_item(document: Document, sequence: Sequence, index: int) -> Edit:
    """Remove an item of a list; comments stay."""
    if len(sequence.items) == 1:
        raise EditRefused("it is the only item of its list")
    if sequence.flow:
        return _out_of_flow(document, [Span(item.outer_start, item.end) for item in sequence.items], index)
    item = sequence.items[index]
    return _without_lines(document, document.text.rindex("-", 0, item.outer_start), item.end)


def _without_lines(document: Document, start: int, end: int) -> Edit:
    text = document.text
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = len(text) if last < 0 else last + 1
    behind = text[end:last].strip()
    if text[first:start].strip(" ") or (behind and not behind.startswith("#")):
        raise EditRefused("something else stands on the same line")
    if last == len(text) and not text.endswith("\n") and first > 0:
        first -= 2 if text[first - 2 : first] == "\r\n" else 1  # no line end is left over at the end of the file
    return Edit(document.path, Span(first, last), "")


def _written_end(entry: Entry) -> int:
    return max(entry.key.end, entry.value.end)


def _behind_colon(document: Document, entry: Entry) -> int:
    at = document.text.find(":", entry.key.end)
    if at < 0 or document.text[entry.key.end : at].strip(" "):
        raise EditRefused(f"the key `{entry.name}` is written in an unusual way")
    return at + 1


def _into_flow_mapping(document: Document, mapping: Mapping, text: str) -> Edit:
    if mapping.entries:
        at = mapping.entries[-1].span.end
        return Edit(document.path, Span(at, at), f", {text}")
    return Edit(document.path, Span(mapping.start + 1, mapping.end - 1), text)


def _into_flow_sequence(document: Document, sequence: Sequence, text: str, index: int) -> Edit:
    items = sequence.items
    if not items:
        return Edit(document.path, Span(sequence.start + 1, sequence.end - 1), text)
    one_per_line = len(items) > 1 and "\n" in document.text[items[0].end : items[1].outer_start]
    gap = " "
    if one_per_line:
        gap = style_near(document).line_end + " " * column(document.text, items[1].outer_start)
    if index == 0:
        at = items[0].outer_start
        return Edit(document.path, Span(at, at), f"{text},{gap}")
    at = items[index - 1].end
    return Edit(document.path, Span(at, at), f",{gap}{text}")


def _out_of_flow(document: Document, spans: list[Span], index: int) -> Edit:
    if len(spans) == 1:
        return Edit(document.path, spans[0], "")
    if index == 0:
        return Edit(document.path, Span(spans[0].start, spans[1].start), "")
    return Edit(document.path, Span(spans[index - 1].end, spans[index].end), "")
