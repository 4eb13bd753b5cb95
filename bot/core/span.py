"""Places in a text: half-open spans of code points, and the lines and columns that people read."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range of code points in one decoded file."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """Return the part of the text that the span covers."""
        return text[self.start : self.end]

    def covers(self, other: Span) -> bool:
        """Whether the other span lies inside this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Line and column as an editor shows them, both counted from 1."""

    line: int
    column: int


class LineIndex:
    """Turns offsets of one text into positions. Lines end at a line feed, as git and GitLab count them."""

    def __init__(self, text: str) -> None:
        self._starts = [0]
        at = text.find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = text.find("\n", at + 1)
        self._length = len(text)

    def position(self, offset: int) -> Position:
        """Return the position of an offset; an offset behind the text is its end."""
        offset = min(max(offset, 0), self._length)
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def line_span(self, line: int) -> Span:
        """Return the span of a line (from 1), its line end included."""
        if not 1 <= line <= len(self._starts):
            raise ValueError(f"no line {line} in a text of {len(self._starts)} lines")
        end = self._starts[line] if line < len(self._starts) else self._length
        return Span(self._starts[line - 1], end)

    @property
    def line_count(self) -> int:
        """Number of lines; a text that ends with a line feed has an empty last one."""
        return len(self._starts)
