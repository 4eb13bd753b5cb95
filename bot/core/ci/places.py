"""Places in a text that was changed before it was parsed, led back to the text as it is in the file."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

from bot.core.yamltree import Alias, Entry, Mapping, Node, Scalar, Sequence


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int  # in the new text
    source: int
    source_end: int
    kept: bool


@dataclass
class ChangedText:
    """A text made of kept and replaced pieces."""

    text: str = ""
    _parts: list[str] = field(default_factory=list)
    _pieces: list[_Piece] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str, source: int, source_end: int, *, kept: bool) -> None:
        """Add a piece that stands for a span of the source."""
        if text:
            self._pieces.append(_Piece(self._length, source, source_end, kept))
            self._parts.append(text)
            self._length += len(text)

    def finish(self) -> ChangedText:
        """Join the pieces; nothing is added afterwards."""
        self.text = "".join(self._parts)
        return self

    def _piece(self, offset: int) -> _Piece | None:
        at = bisect_right(self._pieces, offset, key=lambda piece: piece.start) - 1
        return self._pieces[at] if at >= 0 else None

    def start(self, offset: int) -> int:
        """Lead a start back; inside a replaced piece it is the beginning of what was replaced."""
        piece = self._piece(offset)
        if piece is None:
            return 0
        return min(piece.source + offset - piece.start, piece.source_end) if piece.kept else piece.source

    def end(self, offset: int) -> int:
        """Lead an end back; inside a replaced piece it is the end of what was replaced."""
        piece = self._piece(offset - 1) if offset else None
        if piece is None:
            return 0
        return min(piece.source + offset - piece.start, piece.source_end) if piece.kept else piece.source_end


@dataclass
class Relocation:
    """Rebuilds nodes of the changed text with their places in the source."""

    changed: ChangedText
    _done: dict[int, Scalar | Sequence | Mapping] = field(default_factory=dict)

    def node(self, node: Node) -> Node:
        """Return a node in its place in the source."""
        start = self.changed.start(node.start)
        end = max(start, self.changed.end(node.end))
        if isinstance(node, Alias):
            target = self._done.get(id(node.target), node.target)
            return replace(node, start=start, end=end, target=target)
        outer = min(start, self.changed.start(node.outer_start))
        moved = replace(self._with_children(node), start=start, end=end, outer_start=outer)
        self._done[id(node)] = moved
        return moved

    def _with_children(self, node: Scalar | Sequence | Mapping) -> Scalar | Sequence | Mapping:
        if isinstance(node, Sequence):
            return replace(node, items=tuple(self.node(item) for item in node.items))
        if isinstance(node, Mapping):
            entries = tuple(Entry(self.node(entry.key), self.node(entry.value)) for entry in node.entries)
            return replace(node, entries=entries)
        return node
