"""CI files that a template engine has yet to fill in (`{{ cookiecutter.name }}`), made readable in place."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.snapshot import Snapshot

_VALUE = re.compile(r"\{\{.*?\}\}")
_LINE = re.compile(r"^([ \t]*)(\{[%#].*?[%#]\})[ \t]*$", re.MULTILINE)
_PIECE = re.compile(r"\{[%#].*?[%#]\}")


def is_unfilled(text: str) -> bool:
    """Whether a text holds marks of a template engine."""
    return bool(_VALUE.search(text) or _PIECE.search(text))


def as_filled(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the CI file's marks replaced by unknown variables and comments of the same length.

    Every other character keeps its place, so that findings point where they should.
    """
    file = snapshot.files[snapshot.ci_path]
    text = _VALUE.sub(lambda found: "$" + "J" * (len(found[0]) - 1), file.text)
    text = _LINE.sub(lambda found: f"{found[1]}#{' ' * (len(found[2]) - 1)}", text)
    text = _PIECE.sub(lambda found: " " * len(found[0]), text)
    return replace(snapshot, files={**snapshot.files, snapshot.ci_path: file.with_text(text)})
