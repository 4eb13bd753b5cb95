"""A tool and a version in one word, as installers take it: `poetry==1.8.3`, `poetry[x]~=1.8`, `poetry@1.8.3`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.shell_script.model import Word

_REQUIREMENT = re.compile(
    r"([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*(?:(===?|~=|!=|[<>]=?|@|=)\s*(.*))?\Z", re.ASCII | re.DOTALL
)
_EXACT = re.compile(
    r"v?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|rc|alpha|beta|post|dev)[-_.]?\d*)*\Z", re.ASCII | re.IGNORECASE
)
_PINS = frozenset({"==", "===", "@", "="})


@dataclass(frozen=True, slots=True)
class Requirement:
    """``constraint`` is what stands behind the name (`==1.8.3`, `>=1.2,<2`), empty for any version.

    ``version`` is the exact version, None where there is none or it is not certain. ``is_pinned`` holds for
    `==$VERSION` and `poetry$CONSTRAINT` too.
    """

    name: str
    word: Word
    constraint: str = ""
    version: str | None = None
    is_pinned: bool = False


def read_requirement(word: Word) -> Requirement | None:
    """Read a word as a requirement; None where it is something else (an option, a path, an URL)."""
    found = _REQUIREMENT.match(word.text)
    if found is None:
        return _with_unknown_version(word)
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    operator, value = found[3] or "", (found[4] or "").strip()
    exact = operator in _PINS and _EXACT.match(value) is not None
    is_pinned = exact or (operator in _PINS and not word.known and "*" not in value)
    return Requirement(name, word, operator + value, value.removeprefix("v") if exact else None, is_pinned)


def _with_unknown_version(word: Word) -> Requirement | None:
    """Read `poetry$CONSTRAINT`: the variable may well hold a pin."""
    name, dollar, rest = word.text.partition("$")
    if word.known or not dollar or re.fullmatch(r"[A-Za-z0-9][\w.-]*", name, re.ASCII) is None:
        return None
    return Requirement(name.lower(), word, dollar + rest, is_pinned=True)


def requirements_of(text: str) -> Iterator[Requirement]:
    """Yield what a requirements or constraints file asks for by name; hashes, markers and options are left out."""
    for line in text.splitlines():
        plain = line.partition("#")[0].partition(";")[0].partition(" --")[0].strip().rstrip("\\").strip()
        found = read_requirement(Word(plain)) if plain and not plain.startswith("-") else None
        if found is not None:
            yield found


def exact_version(word: Word | None) -> str | None:
    """Return a word that is an exact version by itself; None where it is not."""
    if word is None or not word.known or _EXACT.match(word.text.strip()) is None:
        return None
    return word.text.strip().removeprefix("v")
