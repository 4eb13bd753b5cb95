"""What each release of Poetry runs on, and which options it knows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache

from packaging.version import Version

from bot.core.python.constraints import read_constraint
from bot.core.system.tables import table_rows


@dataclass(frozen=True, slots=True)
class Lifespan:
    """When a command's option was there; an empty ``option`` is the command itself."""

    command: str
    option: str
    added: Version | None
    removed: Version | None
    instead: str

    def is_gone(self, poetry: Version) -> bool:
        """Whether this Poetry has it no more."""
        return self.removed is not None and poetry >= self.removed

    def is_not_yet(self, poetry: Version) -> bool:
        """Whether this Poetry does not have it yet."""
        return self.added is not None and poetry < self.added


@dataclass(frozen=True, slots=True)
class Release:
    """A release of Poetry: its version, the Python range it runs on, the lock format that it writes."""

    version: Version
    python: str
    lock_version: str


_FIRST_READER = {"2.1": Version("1.3"), "2.0": Version("1.2.2"), "1.1": Version("1.0"), "1.0": Version("1.0")}


@cache
def lifespans() -> tuple[Lifespan, ...]:
    """Return the table of options and commands that came or went."""
    rows = ((*row, "", "", "", "", "")[:5] for row in table_rows("poetry-options"))
    return tuple(Lifespan(one, two, _version(three), _version(four), five) for one, two, three, four, five in rows)


@cache
def releases() -> tuple[Release, ...]:
    """Return every stable release, oldest first."""
    rows = ((*row, "", "", "")[:5] for row in table_rows("poetry-python"))
    found = (Release(Version(row[0]), row[2], row[4]) for row in rows)
    return tuple(sorted((one for one in found if not one.version.is_prerelease), key=lambda one: one.version))


def newest_release() -> Version:
    """Return the newest Poetry that the table has."""
    return releases()[-1].version


@lru_cache(maxsize=128)
def newest_for(python: str | None) -> Version:
    """Return the newest Poetry that pip chooses on a Python (`3.8`); the newest of all where it is not known."""
    fitting = [one.version for one in releases() if python is None or runs_on(one, python)]
    return fitting[-1] if fitting else newest_release()


def find_release(version: Version) -> Release | None:
    """Return a release by its version; one that is newer than the table runs at most where its newest does."""
    if version > newest_release():
        return replace(releases()[-1], version=version)
    return next((one for one in releases() if one.version == version), None)


def first_reader(lock_version: str) -> Version | None:
    """Return the first Poetry that reads a version of the lock format; None for one that is not known."""
    return _FIRST_READER.get(lock_version)


def runs_on(release: Release, python: str) -> bool:
    """Whether a release may be installed on a Python minor version."""
    constraint = read_constraint(release.python)
    return constraint is None or constraint.allows_any_of(python)


def _version(text: str) -> Version | None:
    return Version(text) if text else None
