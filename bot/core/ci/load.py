"""From YAML nodes to configuration values: aliases followed, merge keys applied, scalars resolved."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core import yamltree
from bot.core.ci.model import Problem
from bot.core.ci.values import Items, Leaf, Member, Reference, Table, Value
from bot.core.finding import Location
from bot.core.yamlwords import is_date, resolve, to_text

MERGE = "<<"
REFERENCE = "!reference"


@dataclass
class Loader:
    """Loads one document. Anchored nodes are loaded once, so that aliases cost nothing.

    ``place`` is where all of it shall stand, for a document that is no file of the repository.
    """

    path: str
    place: yamltree.Node | None = None
    problems: list[Problem] = field(default_factory=list)
    _known: dict[int, Value] = field(default_factory=dict)

    def load(self, node: yamltree.Node) -> Value:
        """Return the value of a node."""
        if isinstance(node, yamltree.Alias):
            node = node.target
        if node.anchor is None:
            return self._load(node)
        if id(node) not in self._known:
            self._known[id(node)] = self._load(node)
        return self._known[id(node)]

    def _load(self, node: yamltree.Scalar | yamltree.Sequence | yamltree.Mapping) -> Value:
        if isinstance(node, yamltree.Scalar):
            return self._leaf(node)
        if isinstance(node, yamltree.Mapping):
            return self._mapping(node)
        items = tuple(self.load(item) for item in node.items)
        if node.tag == REFERENCE:
            keys = tuple(to_text(item.data) for item in items if isinstance(item, Leaf))
            return Reference(self.path, self.place or node, keys)
        return Items(self.path, self.place or node, items)

    def _leaf(self, node: yamltree.Scalar) -> Leaf:
        leaf = Leaf(self.path, self.place or node, resolve(node.value, plain=not node.style, tag=node.tag))
        if not node.style and node.tag is None and is_date(node.value):
            message = f"`{node.value}` is a date in YAML, which GitLab refuses to load; put it in quotes"
            self.problems.append(Problem("unquoted-date", message, leaf.location))
        return leaf

    def _mapping(self, node: yamltree.Mapping) -> Table:
        members: dict[str, Member] = {}
        own: set[str] = set()
        merged: list[Table] = []
        for entry in node.entries:
            value = self.load(entry.value)
            if entry.name == MERGE and (tables := _merge_tables(value)) is not None:
                # Psych merges where the key stands: keys before it lose, keys behind it win.
                for table in reversed(tables):
                    members.update(table.members)
                merged += tables
                continue
            if entry.name in own:
                self._report_duplicate(entry)
            own.add(entry.name)
            members[entry.name] = Member(self._key_location(entry), value)
        table = Table(self.path, self.place or node, members)
        parts = (table, *(part for one in merged for part in one.parts or (one,)))
        return Table(self.path, self.place or node, members, parts)

    def _key_location(self, entry: yamltree.Entry) -> Location:
        return Location(self.path, (self.place or entry.key).span)

    def _report_duplicate(self, entry: yamltree.Entry) -> None:
        message = f"the key `{entry.name}` stands twice in one mapping; GitLab uses the last one"
        self.problems.append(Problem("duplicate-key", message, self._key_location(entry)))


def _merge_tables(value: Value) -> list[Table] | None:
    """Return the mappings of a merge key; None where Psych keeps `<<` as an ordinary key."""
    if isinstance(value, Table):
        return [value]
    if not isinstance(value, Items):
        return None
    tables = [item for item in value.items if isinstance(item, Table)]
    return tables if len(tables) == len(value.items) else None
