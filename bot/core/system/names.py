"""One need, by the names of each distribution: tools, libraries, and what a package brings with it."""

from __future__ import annotations

from functools import cache

from bot.core.system.debian import current_name, successor
from bot.core.system.tables import block_table, table_rows

DEBIAN, ALPINE, RPM = "debian", "alpine", "rpm"
FAMILIES = {"debian": DEBIAN, "ubuntu": DEBIAN, "": DEBIAN, "alpine": ALPINE, "wolfi": ALPINE}
COMPILERS: dict[str, dict[str, tuple[str, ...]]] = {
    "cc": {DEBIAN: ("gcc", "libc6-dev"), ALPINE: ("gcc", "musl-dev"), RPM: ("gcc",)},
    "c++": {DEBIAN: ("g++",), ALPINE: ("g++",), RPM: ("gcc-c++",)},
    "fortran": {DEBIAN: ("gfortran",), ALPINE: ("gfortran",), RPM: ("gcc-gfortran",)},
    "rust": {DEBIAN: ("cargo", "rustc"), ALPINE: ("cargo", "rust"), RPM: ("cargo", "rust")},
}
# Debian 11 and 12 carry a newer Rust for browsers beside the release's own, which is too old for current crates.
NEWER_RUST = ("cargo-web", "rustc-web")
# What a package brings with it, as far as that spares naming it (Debian's and Alpine's own dependencies).
BRINGS = {
    "g++": {"gcc", "libc6-dev", "musl-dev", "cpp", "binutils"},
    "gcc-c++": {"gcc"},
    "gcc": {"cpp", "binutils"},
    "libc6-dev": {"linux-libc-dev"},
    "default-jdk-headless": {"default-jre-headless"},
    "openjdk17-jdk": {"openjdk17-jre-headless"},
    "build-essential": {
        "gcc",
        "g++",
        "libc6-dev",
        "make",
        "dpkg-dev",
        "patch",
        "cpp",
        "binutils",
        "linux-libc-dev",
    },
    "build-base": {"gcc", "g++", "musl-dev", "make", "patch", "binutils"},
}
BUNDLES = {DEBIAN: ("build-essential", {"g++", "make"}), ALPINE: ("build-base", {"g++", "make"})}
PROVIDES = {"pkg-config": "pc", "command": "cmd", "library": "so"}
COLUMNS = {"debian": 1, "alpine": 2, "fedora": 3, "rhel": 4}
CROSSMAP = {"alpine": 4, "fedora": 6, "rhel": 7}


def family_of(distribution: str) -> str:
    """Return `debian`, `alpine` or `rpm`; Debian where the distribution is not known."""
    return FAMILIES.get(distribution, RPM)


def tool_packages(tool: str, distribution: str, suite: str) -> tuple[str, ...]:
    """Return the packages of a compiler or a command; empty where the distribution has none."""
    family = family_of(distribution)
    if tool == "rust" and family == DEBIAN and suite in "bk":
        return NEWER_RUST
    if tool in COMPILERS:
        return COMPILERS[tool][family]
    row = _commands().get(tool)
    package = row[COLUMNS[_column(distribution)]] if row else ""
    return () if package in ("", "-") else tuple(package.split())


def translate(package: str, distribution: str, suite: str) -> tuple[str, ...]:
    """Return a Debian package by the distribution's own name; empty where that is not known."""
    if family_of(distribution) == DEBIAN:
        name = current_name(package, suite)
        return (name,) if name else ()
    row = _crossmap().get(package) or _crossmap().get(successor(package))
    if not row:
        return ()
    column = _column(distribution)
    name = row[CROSSMAP[column]] or (row[CROSSMAP["fedora"]] if column == "rhel" else "")
    return tuple(name.split()) or tuple(
        capability("pkg-config", module, distribution) for module in row[3].split()[:1]
    )


def alpine_provider(kind: str, name: str) -> str:
    """Return Alpine's package for a pkg-config module, a command or a shared object, where it has just one."""
    row = block_table("alpine-provides").row(PROVIDES.get(kind, "-"), name)
    packages = row[0].split() if row else []
    return packages[0] if len(packages) == 1 else ""


def capability(kind: str, name: str, distribution: str) -> str:
    """Return what apk or dnf resolve by themselves: `pc:libpq`, `pkgconfig(libpq)`; empty for apt."""
    family = family_of(distribution)
    forms = {
        (ALPINE, "pkg-config"): "pc:{}",
        (ALPINE, "command"): "cmd:{}",
        (ALPINE, "library"): "so:{}",
        (RPM, "pkg-config"): "pkgconfig({})",
        (RPM, "command"): "/usr/bin/{}",
        (RPM, "library"): "{}()(64bit)",
        (RPM, "file"): "{}",
    }
    form = forms.get((family, kind), "")
    return form.format(name) if form else ""


def without_brought(packages: set[str], distribution: str) -> set[str]:
    """Return the packages without those that another one brings."""
    bundle, members = BUNDLES.get(family_of(distribution), ("", {""}))
    if members <= packages:
        packages = packages | {bundle}
    brought = {name for package in packages for name in BRINGS.get(package, ())}
    transitional = {package for package in packages if successor(package) in packages - {package}}
    return packages - transitional - brought


def _column(distribution: str) -> str:
    family = family_of(distribution)
    if family != RPM:
        return family
    return "fedora" if distribution == "fedora" else "rhel"


@cache
def _commands() -> dict[str, tuple[str, ...]]:
    return {row[0]: row for row in table_rows("commands")}


@cache
def _crossmap() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in table_rows("crossmap"):
        for package in row[1].split():
            found.setdefault(package, row)
    return found
