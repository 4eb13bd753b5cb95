"""Cuts a stream of bytes into blocks of whole lines, and shortens lines that no person would read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BLOCK = 256 * 1024
MOST_LINES = 8_192
LONGEST_LINE = 32 * 1024
_HALF = LONGEST_LINE // 2
_COST_OF_A_LINE = 64
_CUT = b" [...] "


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of the raw log; ``first`` is the number of the first one, ``lines`` their count."""

    first: int
    lines: int
    data: bytes

    @property
    def weight(self) -> int:
        """What keeping the block costs: its bytes, and the objects that its lines become."""
        return len(self.data) + _COST_OF_A_LINE * self.lines


def blocks(chunks: Iterable[bytes]) -> Iterator[Block]:
    """Yield the stream as blocks that end at a line's end; a longer line keeps its two ends."""
    number = 1
    for data in _whole_lines(chunks):
        for part in _parts(data):
            count = part.count(b"\n")
            yield Block(number, count, part)
            number += count


def _parts(data: bytes) -> Iterator[bytes]:
    """The data in one piece, or in several where its lines are very short and many."""
    if data.count(b"\n") <= MOST_LINES:
        yield data
        return
    lines = data.split(b"\n")[:-1]
    for start in range(0, len(lines), MOST_LINES):
        yield b"\n".join(lines[start : start + MOST_LINES]) + b"\n"


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in _pieces(chunks):
        end = piece.rfind(b"\n") + 1
        if end:
            yield _shortened(rest + piece[:end])
            rest = piece[end:]
        else:
            rest = _cut(rest + piece)
    if rest:
        yield _shortened(rest + b"\n")


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of about one block, whether the chunks come by the byte or by the gigabyte."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        if len(chunk) > BLOCK:
            yield b"".join(waiting)
            yield from (chunk[start : start + BLOCK] for start in range(0, len(chunk), BLOCK))
            waiting, size = [], 0
            continue
        waiting.append(chunk)
        size += len(chunk)
        if size >= BLOCK:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _shortened(data: bytes) -> bytes:
    """The same lines, those over the limit cut. Looks at single lines only where one can be that long."""
    if not _has_long_line(data):
        return data
    return b"\n".join(_cut(line) for line in data.split(b"\n"))


def _has_long_line(data: bytes) -> bool:
    start = 0
    while start + LONGEST_LINE < len(data):
        end = data.rfind(b"\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            return True
        start = end + 1
    return False


def _cut(line: bytes) -> bytes:
    if len(line) <= LONGEST_LINE:
        return line
    return line[:_HALF] + _CUT + line[-_HALF:]
