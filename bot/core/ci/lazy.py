"""A mapping that is made when somebody looks into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

Key = TypeVar("Key")
Item_co = TypeVar("Item_co", covariant=True)


class LazyMapping(Mapping[Key, Item_co], Generic[Key, Item_co]):
    """Equal to the mapping that ``make`` returns; ``make`` runs once at most."""

    def __init__(self, make: Callable[[], Mapping[Key, Item_co]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[Key, Item_co]:
        return self._make()

    def __getitem__(self, key: Key) -> Item_co:
        return self._made[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __repr__(self) -> str:
        return repr(self._made)
