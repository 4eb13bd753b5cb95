"""Pieces of shell text that remember where each character stands in its file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.finding import Location
from bot.core.span import Span

NOWHERE = -1


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text; ``offsets[i]`` is the place of ``text[i]`` in the file, NOWHERE for text that was made up.

    ``offsets`` is empty where nothing can be traced.
    """

    text: str
    path: str = ""
    offsets: tuple[int, ...] = ()

    @classmethod
    def of_file(cls, path: str, text: str) -> Fragment:
        """Return a whole file as a fragment."""
        return cls(text, path, tuple(range(len(text))))

    def locate(self, start: int, end: int) -> Location | None:
        """Return where a piece of the text stands in its file, None where that cannot be said."""
        if not self.offsets or not 0 <= start < end <= len(self.offsets):
            return None
        first, last = self.offsets[start], self.offsets[end - 1]
        return Location(self.path, Span(first, last + 1)) if 0 <= first <= last else None

    def locate_roughly(self, start: int, end: int) -> Location | None:
        """Return the place of a piece that may begin or end with made-up text, which is left out."""
        known = [at for at in self.offsets[start:end] if at != NOWHERE]
        return Location(self.path, Span(known[0], known[-1] + 1)) if known and known[0] <= known[-1] else None

    def cut(self, start: int, end: int) -> Fragment:
        """Return a piece of the fragment."""
        return Fragment(self.text[start:end], self.path, self.offsets[start:end])

    def made_up(self, text: str) -> Fragment:
        """Return text that stands in no file, to be joined with pieces of this fragment."""
        return Fragment(text, self.path, (NOWHERE,) * len(text))


def join(pieces: Iterable[Fragment]) -> Fragment:
    """Join pieces; those of another file than the first one's keep their text and lose their place."""
    parts = list(pieces)
    path = next((part.path for part in parts if part.offsets), "")
    offsets: list[int] = []
    for part in parts:
        traced = bool(part.offsets) and part.path == path
        offsets += part.offsets if traced else (NOWHERE,) * len(part.text)
    return Fragment("".join(part.text for part in parts), path, tuple(offsets))
