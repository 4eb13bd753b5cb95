"""What people asked for on a merge request, read back from the bot's own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.app.fixup_target import Fixup, answered_by
from bot.app.scene import Scene
from bot.core.render.reply import read_reply

ALL = "*"
BUMP = "version="  # in the place of a rule: the version that a person asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """``fixes`` maps the comment that asked for fixes to the rules that it named (`*` for all certain ones)."""

    ignored: frozenset[str]
    fixes: dict[int, tuple[str, ...]]

    def open_requests(self, fixups: Sequence[Fixup]) -> dict[int, tuple[str, ...]]:
        """Requests that no fix-up has answered yet, or that an open one is answering."""
        answered = answered_by(fixups)
        return {note: rules for note, rules in self.fixes.items() if note not in answered}


def read_asked(scene: Scene) -> Asked:
    """Collect what the answers' markers keep; deleting an answer takes the request back."""
    marks = [mark for _, note in scene.own_notes() if (mark := read_reply(note.body)) is not None]
    return Asked(
        ignored=frozenset(mark.ignore for mark in marks if mark.ignore),
        fixes={mark.note: mark.fix for mark in marks if mark.fix},
    )
