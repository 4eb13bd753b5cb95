"""Keeps of a long log what a diagnosis needs: its head, its tail, and the lines around wanted words between."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick

from bot.core.trace_reader.blocks import Block

HEAD = 512 * 1024  # weights, see Block
TAIL = 2 * 1024 * 1024
BEFORE, AFTER = 5, 3  # lines of context that are kept around a wanted one
WIDEST = 8_192  # bytes of one such place
FIRST, LAST = 500, 1_500  # how many wanted places of the middle are kept from its start and from its end


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line of the raw log as it came, without its line end."""

    number: int
    text: str


@dataclass(slots=True)
class Window:
    """What was kept, in order, and how many lines the log has."""

    lines: list[RawLine]
    total: int


def window(stream: Iterable[Block], wanted: BytesAhoCorasick | None) -> Window:
    """Keep head and tail whole; between them only the neighbourhood of wanted words."""
    head: list[Block] = []
    tail: deque[Block] = deque()
    middle = _Middle(wanted)
    head_size = tail_size = total = 0
    for block in stream:
        total += block.lines
        if head_size < HEAD:
            head.append(block)
            head_size += block.weight
            continue
        tail.append(block)
        tail_size += block.weight
        while tail_size - tail[0].weight > TAIL:
            tail_size -= tail[0].weight
            middle.look(tail.popleft())
    lines = [line for block in head for line in _lines(block)]
    lines += middle.lines()
    lines += [line for block in tail for line in _lines(block)]
    return Window(lines, total)


def _lines(block: Block) -> Iterator[RawLine]:
    text = block.data.decode("utf-8", "replace")
    for number, line in enumerate(text.split("\n")[:-1], block.first):
        yield RawLine(number, line)


class _Middle:
    """Collects the wanted places of the blocks that are not kept whole."""

    def __init__(self, wanted: BytesAhoCorasick | None) -> None:
        self._wanted = wanted
        self._first: list[Block] = []
        self._last: deque[Block] = deque(maxlen=LAST)

    def look(self, block: Block) -> None:
        if self._wanted is None:
            return
        data, end, number = block.data, 0, block.first
        counted = 0  # the offset that ``number`` is the line of
        for _, start, stop in self._wanted.find_matches_as_indexes(data):
            if start < end:
                continue
            begin, end = _back(data, start, end), _forward(data, stop)
            if end - begin > WIDEST:
                begin, end = max(begin, start - WIDEST // 4), min(end, stop + WIDEST // 4)
            number += data.count(b"\n", counted, begin)
            counted = begin
            self._keep(Block(number, 0, data[begin:end]))

    def _keep(self, place: Block) -> None:
        if len(self._first) < FIRST:
            self._first.append(place)
        else:
            self._last.append(place)

    def lines(self) -> list[RawLine]:
        return [line for places in (self._first, self._last) for place in places for line in _lines(place)]


def _back(data: bytes, position: int, floor: int) -> int:
    start = data.rfind(b"\n", floor, position) + 1
    for _ in range(BEFORE):
        if start <= floor:
            break
        start = data.rfind(b"\n", floor, start - 1) + 1
    return max(start, floor)


def _forward(data: bytes, position: int) -> int:
    end = position
    for _ in range(AFTER + 1):
        found = data.find(b"\n", end)
        if found < 0:
            return len(data)
        end = found + 1
    return end
