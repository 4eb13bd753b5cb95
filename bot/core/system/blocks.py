"""A sorted table of text lines in compressed blocks: small on disk, and one question opens one block.

Layout: the length of the index (4 bytes, big-endian), the index (zlib), the blocks (zlib each). A line of the
index is ``offset length first-line`` of a block; offsets count from the end of the index.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

BLOCK_SIZE = 32_768
LENGTH_BYTES = 4


def pack_lines(lines: Iterable[str]) -> bytes:
    """Return the lines, sorted, as the bytes of a table."""
    index: list[str] = []
    blocks: list[bytes] = []
    offset = 0
    for group in _groups(sorted(lines)):
        block = zlib.compress("\n".join(group).encode(), 9)
        index.append(f"{offset} {len(block)} {group[0]}")
        blocks.append(block)
        offset += len(block)
    head = zlib.compress("\n".join(index).encode(), 9)
    return b"".join((len(head).to_bytes(LENGTH_BYTES, "big"), head, *blocks))


def _groups(lines: list[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for line in lines:
        if group and size + len(line) >= BLOCK_SIZE:
            yield group
            group, size = [], 0
        group.append(line)
        size += len(line) + 1
    if group:
        yield group


class BlockTable:
    """Look-up by the beginning of a line."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _index(self) -> tuple[list[str], list[tuple[int, int]]]:
        end = LENGTH_BYTES + int.from_bytes(self._data[:LENGTH_BYTES], "big")
        firsts: list[str] = []
        places: list[tuple[int, int]] = []
        for line in zlib.decompress(self._data[LENGTH_BYTES:end]).decode().split("\n"):
            offset, length, first = line.split(" ", 2)
            firsts.append(first)
            places.append((end + int(offset), int(length)))
        return firsts, places

    def lines(self, prefix: str) -> Iterator[str]:
        """Yield the lines that begin with the prefix, in order."""
        firsts, places = self._index
        for number in range(max(0, bisect_right(firsts, prefix) - 1), len(places)):
            if firsts[number] > prefix and not firsts[number].startswith(prefix):
                return
            block = self._block(places[number])
            for index in range(bisect_left(block, prefix), len(block)):
                if not block[index].startswith(prefix):
                    return
                yield block[index]

    def row(self, *key: str) -> tuple[str, ...]:
        """Return the fields behind a key, the empty tuple where it is not there."""
        start = "\t".join(key) + "\t"
        line = next(self.lines(start), None)
        return () if line is None else tuple(line[len(start) :].split("\t"))

    def _block(self, place: tuple[int, int]) -> list[str]:
        offset, length = place
        return zlib.decompress(self._data[offset : offset + length]).decode().split("\n")
