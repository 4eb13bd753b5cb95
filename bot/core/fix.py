"""A repair as data: edits to files, with a title and the trust that it deserves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.core.span import Span


class Applicability(StrEnum):
    """What may be done with a fix."""

    SAFE = "safe"  # behaviour cannot change for the worse: applied by default, proposed by the bot
    UNSAFE = "unsafe"  # a person should read it first: applied on request
    DISPLAY = "display"  # shown only


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace a span of one file by a text. An insertion has an empty span."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together; ``title`` is a short imperative sentence without a full stop."""

    title: str
    applicability: Applicability
    edits: tuple[Edit, ...]

    def __post_init__(self) -> None:
        if not self.edits:
            raise ValueError("a fix has edits")
