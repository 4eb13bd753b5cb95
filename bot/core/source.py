"""A file as the project has it: its bytes, and the text that spans count in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.core.span import LineIndex

BOM = "\ufeff"


class UnreadableSourceError(Exception):
    """The bytes are no text in UTF-8. The message is a sentence for the reader, with the byte's place."""


@dataclass(frozen=True)
class SourceFile:
    """One decoded file. ``text`` has no byte order mark; ``to_bytes`` puts it back."""

    path: str
    text: str
    has_bom: bool = False

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> SourceFile:
        """Decode UTF-8 and set a byte order mark aside; raises UnreadableSourceError on anything else."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise UnreadableSourceError(f"`{path}` is not UTF-8 text (line {line}, byte {error.start})") from None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise UnreadableSourceError(f"`{path}` is a binary file (line {line} holds a NUL byte)")
        return cls(path, text.removeprefix(BOM), text.startswith(BOM))

    def to_bytes(self) -> bytes:
        """Return the file's bytes; ``from_bytes`` of them gives an equal value."""
        return ((BOM if self.has_bom else "") + self.text).encode("utf-8")

    def with_text(self, text: str) -> SourceFile:
        """Return the same file with another text."""
        return SourceFile(self.path, text, self.has_bom)

    @property
    def line_end(self) -> str:
        """The line end that the file uses: of its first line, a line feed where there is none."""
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    @cached_property
    def lines(self) -> LineIndex:
        """Line and column look-up for this text."""
        return LineIndex(self.text)
