"""The configuration while it is evaluated: plain values that know the node they come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.core import yamltree
from bot.core.ci.model import Text
from bot.core.finding import Location
from bot.core.span import Span
from bot.core.yamlwords import Plain, to_text


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    path: str
    node: yamltree.Node

    @property
    def location(self) -> Location:
        """Where the value stands, in whatever file that is."""
        return Location(self.path, Span(self.node.start, self.node.end))


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(_Placed):
    """A scalar with its YAML 1.1 meaning."""

    data: Plain

    @property
    def text(self) -> Text:
        """The scalar as GitLab turns it into text."""
        return Text(to_text(self.data), self.location)


@dataclass(frozen=True, slots=True, eq=False)
class Items(_Placed):
    """A list."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reference(_Placed):
    """A `!reference [job, keyword]` that has not been looked up yet."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One key of a table: the key's own place, and the value."""

    key: Location
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Table(_Placed):
    """A mapping. ``parts`` are the mappings that it was merged from, its own first, each with its file."""

    members: Mapping[str, Member]
    parts: tuple[Table, ...] = ()

    def get(self, name: str) -> Value | None:
        """Return a value, None where the key is absent or null."""
        member = self.members.get(name)
        if member is None or (isinstance(member.value, Leaf) and member.value.data is None):
            return None
        return member.value

    def table(self, name: str) -> Table | None:
        """Return a value that is a mapping."""
        value = self.get(name)
        return value if isinstance(value, Table) else None


Value: TypeAlias = Leaf | Items | Reference | Table


def to_plain(value: Value) -> Any:  # noqa: ANN401 - what YAML holds
    """Return the value as Python has it; a reference that was not found is None."""
    if isinstance(value, Leaf):
        return value.data
    if isinstance(value, Items):
        return [to_plain(item) for item in value.items]
    if isinstance(value, Table):
        return {name: to_plain(member.value) for name, member in value.members.items()}
    return None


def as_list(value: Value | None) -> tuple[Value, ...]:
    """Return the items of a list, lists in lists flattened; a single value is a list of one, nothing is empty."""
    if value is None:
        return ()
    if not isinstance(value, Items):
        return (value,)
    if not any(isinstance(item, Items) for item in value.items):
        return value.items
    return tuple(inner for item in value.items for inner in as_list(item))


def leaves(value: Value | None) -> Iterator[Leaf]:
    """Yield the scalars of a list in order, lists in lists included; null and mappings are left out."""
    return (item for item in as_list(value) if isinstance(item, Leaf) and item.data is not None)


def texts(value: Value | None) -> tuple[Text, ...]:
    """Return the scalars of a value as text."""
    return tuple(leaf.text for leaf in leaves(value))


def text_of(value: Value | None) -> Text | None:
    """Return the text of a scalar, None for anything else."""
    return value.text if isinstance(value, Leaf) and value.data is not None else None


def word_of(table: Table, name: str) -> str:
    """Return the text of a scalar in a table, an empty one where there is none."""
    value = table.get(name)
    return to_text(value.data) if isinstance(value, Leaf) else ""


def has_flag(value: Value | None) -> bool:
    """Whether a scalar is true."""
    return isinstance(value, Leaf) and value.data is True
