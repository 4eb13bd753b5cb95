"""An end for configurations that grow without one: small files can describe billions of values."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.ci.values import Items, Table, Value

MAX_VALUES = 1_000_000


class TooLargeError(Exception):
    """The evaluated configuration is larger than anything that GitLab would run."""


@dataclass
class Budget:
    """Counts values as they are made; ``spend`` raises TooLargeError when there are too many."""

    left: int = MAX_VALUES
    _weights: dict[int, tuple[int, Value]] = field(
        default_factory=dict
    )  # the value is kept, so its id stays its own

    def spend(self, count: int) -> None:
        """Count values."""
        self.left -= count
        if self.left < 0:
            raise TooLargeError(f"the configuration has more than {MAX_VALUES:,} values when it is evaluated")

    def weigh(self, value: Value) -> int:
        """Return how many values a value holds, itself included. What templates share is weighed once."""
        if not isinstance(value, (Items, Table)):
            return 1
        if id(value) not in self._weights:
            below = (
                value.items if isinstance(value, Items) else [member.value for member in value.members.values()]
            )
            self._weights[id(value)] = (1 + sum(self.weigh(item) for item in below), value)
        return self._weights[id(value)][0]
