"""CI files that a template engine has yet to fill in (`{{ cookiecutter.name }}`), made readable in place."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.snapshot import Snapshot

_VALUE = re.compile(r"\{\{.*?\}\}")
_LINE = re.compile(r"^([ \t]*)(\{[%#].*?[%#]\})[ \t]*$", re.MULTILINE | re.DOTALL)
_PIECE = re.compile(r"\{[%#].*?[%#]\}", re.DOTALL)
_STAND_IN = re.compile(r"\$J{2,}[A-I]+J")
_DIGITS = "ABCDEFGHI"  # without J, which fills up to the length


def is_unfilled(text: str) -> bool:
    """Whether a text holds marks of a template engine."""
    return bool(_VALUE.search(text) or _PIECE.search(text))


def as_filled(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the CI file's marks replaced by unknown variables and comments of the same length.

    Every other character keeps its place, so that findings point where they should.
    """
    file = snapshot.files[snapshot.ci_path]
    stand_ins = _stand_ins(file.text)
    text = _VALUE.sub(lambda found: stand_ins[found[0]], file.text)
    text = _LINE.sub(lambda found: f"{found[1]}#{_blank(found[2][1:])}", text)
    text = _PIECE.sub(lambda found: _blank(found[0]), text)
    return replace(snapshot, files={**snapshot.files, snapshot.ci_path: file.with_text(text)})


def as_written(said: str, template: str) -> str:
    """Return what was said about a filled file in the words of its template."""
    if "$J" not in said:
        return said
    written = {stand_in: value for value, stand_in in _stand_ins(template).items()}
    return _STAND_IN.sub(lambda found: written.get(found[0], found[0]), said)


def _stand_ins(text: str) -> dict[str, str]:
    values = dict.fromkeys(_VALUE.findall(text))
    return {value: _stand_in(index, len(value)) for index, value in enumerate(values)}


def _stand_in(index: int, length: int) -> str:
    """Return the name of a variable that nothing sets, another for each value where the length allows it."""
    name = _DIGITS[index % len(_DIGITS)]
    while index := index // len(_DIGITS):
        name = _DIGITS[index % len(_DIGITS)] + name
    return "$" + f"{name}J".rjust(length - 1, "J")[-(length - 1) :]


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)
