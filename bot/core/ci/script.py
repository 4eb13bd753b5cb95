"""`before_script`, `script` and `after_script` as the list of lines that the shell receives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import overload

from bot.core import yamltree
from bot.core.ci.model import ScriptLine
from bot.core.ci.values import Leaf, Value, leaves
from bot.core.yamlwords import to_text


class LazyOffsets(Sequence[int]):
    """The offsets of a scalar's characters, worked out when somebody asks."""

    def __init__(self, scalar: yamltree.Scalar, text: str) -> None:
        self._scalar = scalar
        self._text = text

    @cached_property
    def _offsets(self) -> Sequence[int]:
        return self._scalar.offsets(self._text)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        return self._offsets[index]

    def __len__(self) -> int:
        return len(self._offsets)


def read_script(section: str, value: Value | None, texts: Mapping[str, str]) -> tuple[ScriptLine, ...]:
    """Read one keyword; nested lists are flattened. ``texts`` are the files by path."""
    return tuple(_lines(section, value, texts))


def _lines(section: str, value: Value | None, texts: Mapping[str, str]) -> Iterator[ScriptLine]:
    for index, leaf in enumerate(leaves(value)):
        text = to_text(leaf.data)
        yield ScriptLine(text, leaf.location, section, index, _offsets(leaf, text, texts))


def _offsets(leaf: Leaf, text: str, texts: Mapping[str, str]) -> Sequence[int]:
    scalar = leaf.node
    if not isinstance(scalar, yamltree.Scalar) or scalar.value != text or leaf.path not in texts:
        return ()
    return LazyOffsets(scalar, texts[leaf.path])
