"""What a package on PyPI needs of the system, to be built from source and to run, in Debian's names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

from packaging.utils import canonicalize_name

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
def find_needs(name: str) -> Needs | None:
    """Return what is known of a package by its name on PyPI."""
    normal = canonicalize_name(name)
    return _written_needs().get(normal) or _collected_needs(normal)


@cache
def _written_needs() -> dict[str, Needs]:
    return {
        name: Needs(
            build=tuple(build.split()),
            tools=tuple(tools.split()),
            run=tuple(run.split()),
            optional=optional == "yes",
            certain=True,
            hint=hint,
        )
        for name, build, tools, run, optional, hint in table_rows("sdist-needs")
    }


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
