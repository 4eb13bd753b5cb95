"""An end for configurations that grow without one: small files can describe billions of values."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.ci.values import Items, Table, Value

MAX_VALUES = 1_000_000
MAX_DEPTH = 200  # GitLab allows 100 levels in a file; references may put some into others


class TooLargeError(Exception):
    """The evaluated configuration is larger than anything that GitLab would run."""


@dataclass(frozen=True, slots=True)
class _Measure:
    weight: int
    height: int
    value: Value  # kept, so that its id stays its own


@dataclass
class Budget:
    """Counts values as they are made; ``spend`` raises TooLargeError when there are too many."""

    left: int = MAX_VALUES
    _measured: dict[int, _Measure] = field(default_factory=dict)

    def spend(self, count: int) -> None:
        """Count values."""
        self.left -= count
        if self.left < 0:
            raise TooLargeError(f"the configuration has more than {MAX_VALUES:,} values when it is evaluated")

    def weigh(self, value: Value) -> int:
        """Return how many values a value holds, itself included. What templates share is weighed once."""
        measure = self._measure(value)
        if measure.height > MAX_DEPTH:
            raise TooLargeError(f"the configuration nests deeper than {MAX_DEPTH} levels when it is evaluated")
        return measure.weight

    def _measure(self, value: Value) -> _Measure:
        if id(value) in self._measured:
            return self._measured[id(value)]
        weight, height = 1, 0
        for item in _children(value):
            if isinstance(item, (Items, Table)):
                below = self._measure(item)
                weight, height = weight + below.weight, max(height, below.height)
            else:
                weight, height = weight + 1, max(height, 1)
        self._measured[id(value)] = _Measure(weight, height + 1, value)
        return self._measured[id(value)]


def _children(value: Value) -> list[Value]:
    if isinstance(value, Table):
        return [member.value for member in value.members.values()]
    return list(value.items) if isinstance(value, Items) else []
