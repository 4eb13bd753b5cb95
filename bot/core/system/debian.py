"""Debian's file lists: which package has a header, a command, a pkg-config module, a library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.core.system.tables import block_table

SUITES = {"bullseye": "b", "bookworm": "k", "trixie": "t"}
# Ubuntu releases by the Debian suite whose packages they resemble most.
UBUNTU = {"14.04": "b", "16.04": "b", "18.04": "b", "20.04": "b", "22.04": "k"}
OLD_SUITES = ("wheezy", "jessie", "stretch", "buster")
MAX_KEYS = 60
SUCCESSOR = 3  # column of `debian-packages` behind the name


@dataclass(frozen=True, slots=True)
class Candidate:
    """A package that has what was asked for. ``weight`` compares candidates for one question."""

    package: str
    weight: float


def suite_letter(distribution: str, release: str) -> str:
    """Return the letter of the suite whose lists answer for a release; the newest where nothing is known."""
    if distribution == "ubuntu":
        return UBUNTU.get(release, "t")
    return "b" if release in OLD_SUITES else SUITES.get(release, "t")


def find_file(kind: str, key: str, suite: str) -> tuple[Candidate, ...]:
    """Return the packages that have one key (`pc`, `libpq`), best first."""
    row = block_table("debian-files").row(kind, key)
    return _ranked(_candidates(row[0], suite, 0)) if row else ()


def find_header(path: str, suite: str) -> tuple[Candidate, ...]:
    """Return the packages that have a header that a compiler asked for as ``path``, best first."""
    key = "h\t" + "/".join(reversed(path.strip("/").split("/")))
    found: list[Candidate] = []
    for count, line in enumerate(block_table("debian-files").lines(key)):
        rest = line[len(key) :]
        if count > MAX_KEYS:
            break
        if rest[:1] in ("\t", "/"):
            folders, _, value = rest.partition("\t")
            found += _candidates(value, suite, folders.count("/"))
    return _ranked(found)


def find_soname(stem: str, suite: str) -> tuple[Candidate, ...]:
    """Return the run-time packages whose shared object is ``stem`` and a version, best first."""
    found: list[Candidate] = []
    for count, line in enumerate(block_table("debian-files").lines(f"so\t{stem}")):
        _, name, value = line.split("\t")
        if count > MAX_KEYS:
            break
        if name[len(stem) :][:1] in ".-0123456789":
            found += (each for each in _candidates(value, suite, 0) if not each.package.endswith("-dev"))
    return _ranked(found)


@lru_cache(maxsize=4096)
def package_score(package: str) -> float:
    """Return how many source packages build on a package."""
    row = block_table("debian-packages").row(package)
    return float(row[1] or 0) if len(row) > 1 else 0.0


@lru_cache(maxsize=4096)
def is_package(package: str, suite: str) -> bool:
    """Whether a suite has a real package of that name."""
    row = block_table("debian-packages").row(package)
    return bool(row) and suite in row[0]


@lru_cache(maxsize=4096)
def current_name(package: str, suite: str) -> str:
    """Return the name to install in a suite: its provider where the package itself is gone, else nothing."""
    row = block_table("debian-packages").row(package)
    if not row:
        return ""
    if suite in row[0]:
        return plain_name(package)
    old = package.removesuffix("t64")
    provider = _successors(row).get(suite, "").split(" ")[0]
    return plain_name(provider) if provider else (old if old != package and is_package(old, suite) else "")


@lru_cache(maxsize=4096)
def successor(package: str) -> str:
    """Return the package that a transitional one stands for; empty for any other."""
    row = block_table("debian-packages").row(package)
    return _successors(row).get("", "") if row else ""


def stands_for(package: str, suite: str) -> str:
    """Return the package behind a transitional name, or behind one that is only provided; empty for any other."""
    return successor(package) if is_package(package, suite) else current_name(package, suite)


def _successors(row: tuple[str, ...]) -> dict[str, str]:
    """Successor by suite letter; a transitional package's only dependency has no letter."""
    groups = [group.rpartition("=") for group in row[SUCCESSOR].split(";")] if len(row) > SUCCESSOR else []
    return {letters: name for letters, _, name in groups if name}


def plain_name(package: str) -> str:
    """Return a renamed run-time package (`libmagic1t64`) by its old name where that still installs."""
    old = package.removesuffix("t64")
    if old == package:
        return package
    row = block_table("debian-packages").row(old)
    return old if _successors(row).get("t") == package else package


def _candidates(value: str, suite: str, extra_folders: int) -> Iterator[Candidate]:
    for position, package in enumerate(_packages(value, suite)):
        weight = (package_score(package) + 5) / (1 + 0.6 * extra_folders) / (1 + position)
        yield Candidate(package, weight)


def _packages(value: str, suite: str) -> list[str]:
    if "=" not in value:
        return value.split()
    groups = dict(group.split("=", 1) for group in value.split(";"))
    return next((packages.split() for letters, packages in groups.items() if suite in letters), [])


def _ranked(found: list[Candidate] | Iterator[Candidate]) -> tuple[Candidate, ...]:
    best: dict[str, float] = {}
    for candidate in found:
        best[candidate.package] = max(candidate.weight, best.get(candidate.package, 0.0))
    ordered = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Candidate(package, weight) for package, weight in ordered)
