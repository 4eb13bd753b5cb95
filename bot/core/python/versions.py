"""Versions as PEP 440 compares them, and the next one that is free."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from packaging.version import InvalidVersion, Version


class Bump(StrEnum):
    """Which part of a version grows."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


def parse_version(text: str) -> Version | None:
    """Return the version, None where the text is none."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


def same_version(one: str, other: str) -> bool:
    """Whether two texts name one version (`1.0` and `v1.0.0` do); texts that are no versions compare as text."""
    first, second = parse_version(one), parse_version(other)
    if first is None or second is None:
        return one.strip() == other.strip()
    return first == second


def sorted_versions(texts: Iterable[str]) -> list[str]:
    """Return the texts in the order of their versions, oldest first; texts that are no versions come first."""
    return sorted(texts, key=lambda text: (parse_version(text) or Version("0.dev0"), text))


def bumped(version: str, bump: Bump) -> str | None:
    """Return what `poetry version patch|minor|major` makes of a version, None where it is no version.

    A pre-release drops its tag first: the patch after 1.2.3rc1 is 1.2.3, the minor after 1.3.0a1 is 1.3.0.
    """
    parsed = parse_version(version)
    if parsed is None:
        return None
    major, minor, patch = _three(parsed)
    if bump is Bump.PATCH:
        ready = parsed.is_prerelease and len(parsed.release) <= 3  # noqa: PLR2004 - major, minor, patch
        parts = (major, minor, patch if ready else patch + 1)
    elif bump is Bump.MINOR:
        parts = (major, minor if parsed.is_prerelease and patch == 0 else minor + 1, 0)
    else:
        ready = parsed.is_prerelease and minor == patch == 0
        parts = (major if ready else major + 1, 0, 0)
    return _written(parts, parsed, bump)


def next_free(version: str, taken: Collection[str], bump: Bump = Bump.PATCH) -> str | None:
    """Return the first version after ``version`` by this bump that nobody has taken."""
    candidate = bumped(version, bump)
    while candidate is not None and any(same_version(candidate, other) for other in taken):
        candidate = bumped(candidate, bump)
    return candidate


def _three(version: Version) -> tuple[int, int, int]:
    major, minor, patch = (*version.release, 0, 0)[:3]
    return major, minor, patch


def _written(parts: tuple[int, int, int], old: Version, bump: Bump) -> str:
    """Keep the old text's shape as Poetry does: 1.2 becomes 1.3, but its patch is 1.2.1."""
    needed = 1 + list(Bump)[::-1].index(bump)
    count = max(len(old.release), needed if parts != _three(old) else 1)
    epoch = f"{old.epoch}!" if old.epoch else ""
    return epoch + ".".join(map(str, (*parts, *(0,) * count)[:count]))
