"""`!reference [job, keyword]`: each replaced by the value that it names, nested up to ten levels."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.ci.model import Problem
from bot.core.ci.values import Items, Leaf, Member, Reference, Table, Value

MAX_LEVELS = 10
_Trail = tuple[tuple[str, ...], ...]


@dataclass
class Referrer:
    """Looks references up in one configuration, whose `extends` are merged already."""

    config: Table
    problems: list[Problem] = field(default_factory=list)
    _done: dict[tuple[str, ...], Value] = field(default_factory=dict)
    _plain: dict[int, bool] = field(default_factory=dict)

    def run(self) -> Table:
        """Return the configuration without references."""
        result = self._value(self.config, ())
        return result if isinstance(result, Table) else self.config

    def _has_reference(self, value: Value) -> bool:
        if isinstance(value, (Leaf, Reference)):
            return isinstance(value, Reference)
        if id(value) not in self._plain:
            below = (
                value.items if isinstance(value, Items) else [member.value for member in value.members.values()]
            )
            self._plain[id(value)] = any(self._has_reference(item) for item in below)
        return self._plain[id(value)]

    def _value(self, value: Value, trail: _Trail) -> Value:
        if isinstance(value, Reference):
            return self._look_up(value, trail)
        if isinstance(value, Leaf) or not self._has_reference(value):
            return value
        if isinstance(value, Items):
            return Items(value.path, value.node, tuple(self._value(item, trail) for item in value.items))
        members = {
            name: Member(member.key, self._value(member.value, trail)) for name, member in value.members.items()
        }
        return Table(value.path, value.node, members, value.parts)

    def _look_up(self, reference: Reference, trail: _Trail) -> Value:
        found = self._find(reference.keys)
        reason = self._refusal(reference, found, trail)
        if reason or found is None:
            shown = ", ".join(reference.keys)
            message = f"`!reference [{shown}]` {reason}"
            code = "undefined-reference" if found is None else "invalid-reference"
            self.problems.append(Problem(code, message, reference.location))
            return reference
        if reference.keys not in self._done:
            self._done[reference.keys] = self._value(found, (*trail, reference.keys))
        return self._done[reference.keys]

    def _find(self, keys: tuple[str, ...]) -> Value | None:
        value: Value | None = self.config if keys else None
        for key in keys:
            member = value.members.get(key) if isinstance(value, Table) else None
            value = member.value if member else None
        return value

    def _refusal(self, reference: Reference, found: Value | None, trail: _Trail) -> str:
        if found is None:
            return "names nothing that is defined"
        if reference.keys in trail:
            return "leads back to itself"
        if len(trail) >= MAX_LEVELS:
            return f"is nested deeper than {MAX_LEVELS} levels"
        return ""
