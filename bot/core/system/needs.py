"""What a package on PyPI needs of the system, to be built from source and to run, in Debian's names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from bot.core.python.versions import parse_version
from bot.core.system.tables import block_table, table_rows

# Tools by the words of the sources. What build backends fetch from PyPI (cmake, ninja, cython) is left out.
TOOL_WORDS = {
    "cc": "cc",
    "c": "cc",
    "g++": "c++",
    "cxx": "c++",
    "fortran": "fortran",
    "gfortran": "fortran",
    "rust": "rust",
    "rustc": "rust",
    "cargo": "rust",
    "pkg-config": "pkg-config",
    "pkgconf": "pkg-config",
    "pkgconfig": "pkg-config",
    "swig": "swig",
    "gmake": "make",
    "default-jdk-headless": "javac",
}
# Debian un-bundles and enables everything: measured against the written needs, one or two development packages are
# mostly wanted by the source distribution too, a longer list mostly not.
MOST_COLLECTED = 2
COMPILERS = frozenset({"cc", "c++", "fortran", "rust"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """``build`` and ``run`` are Debian packages; ``tools`` are `cc`, `c++`, `fortran`, `rust` or commands.

    ``optional``: without a compiler the installation leaves the extension out and does not fail. ``certain``: from
    the project's own build instructions, not from what Debian's build of it takes.
    """

    build: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    optional: bool = False
    certain: bool = False
    hint: str = ""

    @property
    def compiled(self) -> bool:
        """Whether a build from source takes a compiler."""
        return not COMPILERS.isdisjoint(self.tools)


@lru_cache(maxsize=4096)
def find_needs(name: str, version: str = "") -> Needs | None:
    """Return what is known of a package by its name on PyPI; of its newest releases where no version is given."""
    normal = canonicalize_name(name)
    written = _written_needs().get(normal)
    return _for_version(written, version) if written else _collected_needs(normal)


def _for_version(rows: list[tuple[SpecifierSet, Needs]], version: str) -> Needs:
    parsed = parse_version(version)
    if parsed is None:
        return rows[-1][1]
    return next((needs for versions, needs in rows if versions.contains(parsed, prereleases=True)), Needs())


@cache
def _written_needs() -> dict[str, list[tuple[SpecifierSet, Needs]]]:
    found: dict[str, list[tuple[SpecifierSet, Needs]]] = {}
    for name, versions, *columns in table_rows("sdist-needs"):
        found.setdefault(name, []).append((SpecifierSet(versions), _written(*columns)))
    return found


def _written(build: str, tools: str, run: str, optional: str, hint: str) -> Needs:
    return Needs(
        build=tuple(build.split()),
        tools=tuple(tools.split()),
        run=tuple(run.split()),
        optional=optional == "yes",
        certain=True,
        hint=hint,
    )


def _collected_needs(name: str) -> Needs | None:
    row = block_table("pypi-needs").row(name)
    if not row:
        return None
    kind, dev, tools, run, languages, libraries, own_dev, own_tools, own_run, _ = row
    if own_dev or own_tools or own_run:
        return Needs(
            build=tuple(own_dev.split()), tools=_tools(own_tools), run=tuple(own_run.split()), certain=True
        )
    # Spack builds what upstream ships: a recipe without libraries means that Debian's build un-bundled its own.
    bundled = bool(languages) and not libraries
    compiled = kind == "ext" or bool(languages)
    build = () if bundled or kind != "ext" else tuple(dev.split())
    return Needs(
        build=build if len(build) <= MOST_COLLECTED else (),
        tools=_tools(f"{tools} {languages}") if compiled else (),
        run=() if kind == "ext" else tuple(package for package in run.split() if _is_library(package)),
    )


def _tools(words: str) -> tuple[str, ...]:
    found = {TOOL_WORDS.get(word, "") for word in words.split()} - {""}
    return tuple(sorted(found))


def _is_library(package: str) -> bool:
    return package.startswith("lib") and not package.endswith("?")
