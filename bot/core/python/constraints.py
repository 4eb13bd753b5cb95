"""Version constraints as Poetry writes them: `^3.10`, `~3.8`, `>=3.8,<4`, `3.*`, alternatives with `||`."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

_ALTERNATIVES = re.compile(r"\s*\|\|?\s*")
_PARTS = re.compile(r"\s*,\s*|(?<=[\w*])\s+(?=[\^~<>=!\d])")
_CARET = re.compile(r"\^\s*(\S+)")
_TILDE = re.compile(r"~(?!=)\s*(\S+)")
_BARE = re.compile(r"[vV]?\d[\w.*!+-]*")


class Constraint:
    """A set of versions. Raises ValueError for a text that is no constraint."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._alternatives = tuple(_specifiers(part) for part in _ALTERNATIVES.split(text.strip()))

    def allows(self, version: str | Version) -> bool:
        """Whether a version is in the set; pre-releases count like others."""
        return any(one.contains(version, prereleases=True) for one in self._alternatives)

    def allows_any_of(self, minor: str, patches: int = 40) -> bool:
        """Whether a release of a minor version (`3.11`) is in the set."""
        return any(self.allows(f"{minor}.{patch}") for patch in range(patches))

    def allows_all_of(self, minor: str, patches: int = 40) -> bool:
        """Whether every release of a minor version is in the set."""
        return all(self.allows(f"{minor}.{patch}") for patch in range(patches))


def read_constraint(text: str | None) -> Constraint | None:
    """Read a constraint; None where there is none or it cannot be understood."""
    if not text or not text.strip():
        return None
    try:
        return Constraint(text)
    except ValueError:
        return None


def _specifiers(text: str) -> SpecifierSet:
    if text.strip() in {"*", ""}:
        return SpecifierSet()
    try:
        return SpecifierSet(",".join(_specifier(part) for part in _PARTS.split(text.strip())))
    except InvalidSpecifier as error:
        raise ValueError(f"`{text}` is no version constraint") from error


def _specifier(text: str) -> str:
    caret, tilde = _CARET.fullmatch(text), _TILDE.fullmatch(text)
    if caret:
        return _range(caret[1], _caret_position(caret[1]))
    if tilde:
        return _range(tilde[1], min(1, tilde[1].count(".")))
    if _BARE.fullmatch(text):
        return f"=={text}"
    return re.sub(r"^=(?!=)", "==", text).replace(" ", "")


def _caret_position(text: str) -> int:
    """The leftmost part that is not zero may not change."""
    numbers = Version(text).release
    return next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)


def _range(text: str, position: int) -> str:
    release = Version(text).release[: position + 1]
    upper = ".".join(map(str, (*release[:-1], release[-1] + 1)))
    return f">={text},<{upper}.dev0"
