"""`poetry.lock` in all its formats."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.core.source import SourceFile


@dataclass(frozen=True, slots=True)
class LockedFile:
    """A file of a locked package: `psycopg2-2.9.13.tar.gz`, with its hash as written (`sha256:...`)."""

    name: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One locked package. ``groups`` is empty where the format does not say (before lock version 2.1).

    ``source`` is the type of a source other than an index: `git`, `directory`, `file`, `url`, else empty.
    """

    name: str
    version: str
    files: tuple[LockedFile, ...] = ()
    groups: tuple[str, ...] = ()
    optional: bool = False
    markers: str = ""
    python_versions: str = ""
    source: str = ""
    dependencies: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lock:
    """The lock file. ``error`` says why it cannot be read (then the rest is empty)."""

    path: str = "poetry.lock"
    error: str = ""
    error_line: int = 1
    lock_version: str = ""
    content_hash: str = ""
    python_versions: str = ""
    generator: str | None = None  # the Poetry version of the first line, where it names one
    packages: tuple[LockedPackage, ...] = field(default=(), repr=False)

    def package(self, name: str) -> LockedPackage | None:
        """Return a locked package by its normalised name."""
        return next((package for package in self.packages if package.name == name), None)


def read_lock(file: SourceFile | None) -> Lock | None:
    """Read the file; None where it is not there. A broken one gives a Lock with ``error``."""
    raise NotImplementedError
