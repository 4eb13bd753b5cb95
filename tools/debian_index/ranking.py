"""Which of several packages with one file is meant: facts of one suite that put them in order."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.system.tables import table_rows
from tools.debian_index.stanzas import relations

# Never what a build on the machine itself wants: other architectures, debug and example packages, language ports.
ODD = re.compile(
    r"-cross\b|mingw|-w64|^avr-|picolibc|^dietlibc|^musl|^k?libklibc|^klibc|djgpp|emscripten|uclibc|newlib|-arm-none|"
    r"-riscv64|-or1k|-xtensa|m68hc|-dbg(?:sym)?$|^oss4|wine|libc6-dev-|^lib(?:32|x32|n32)|^linux-headers|^linux-kbuild|"
    r"^gcc-.*-(?:linux|none|x86)|-examples$|-doc$|^dpdk|^freebsd|^hurd|^gnumach|^libxenomai|^nacl|-udeb$|^cross|"
    r"-hppa|^multilib|^gcc-snapshot|^libghc-|^librust-|^golang-|^node-|^ruby-|^r-cran|^r-bioc|^elpa-|^fp-|^lazarus|"
    r"^mono-|^swi-prolog|-data$|^binutils-(?!dev|common)|android|-elf$|^busybox|^toybox|^9base|^uutils|"
    r"^rust-coreutils|^gcc-avr|^libc\+\+.*wasm|wasi|^coop-computing|^checkinstall|^diversions|nvidia|^primus|^amd64-|^i386-|-source$"
)
LANGUAGE_PORTS = ("node-", "ruby-", "golang-")  # odd for headers, the right answer for commands
# Members of buildpack-deps and of build-essential are implied everywhere, so nobody build-depends on them.
BUILD_ESSENTIAL = {"build-essential", "binutils", "libcrypt-dev", "linux-libc-dev", "libncurses-dev", "tzdata"}
IMPLIED = frozenset(name for _, _, names in table_rows("buildpack-deps") for name in names.split()).union(
    BUILD_ESSENTIAL
)
# Packages that are a part or a variant of the one to install, which their own relations do not say.
WHOLE = {
    r"libpython3(?:\.\d+)?-dev|python3\.\d+-dev": "python3-dev",
    r"libmariadb-dev-compat": "default-libmysqlclient-dev",
    r"libopenblas-(?:pthread|serial|openmp)-dev": "libopenblas-dev",
}
IMPLIED_BONUS = 600
PRIORITY_BONUS = 200
PYTHON_WEIGHT = 3
ALTERNATIVE_WEIGHT = 0.25
BUILD_FIELDS = ("Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep")
VERSION_PART = re.compile(r"-?\d+(?:\.\d+)*(?:t64)?")
COMPILER_RUNTIME = re.compile(r"(?:libstdc\+\+|libgcc)-\d+-dev$")


@dataclass(kw_only=True)
class Suite:
    """The packages of one suite and how many source packages build on each of them."""

    packages: dict[str, dict[str, str]] = field(default_factory=dict)
    build_uses: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    python_uses: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    general: dict[str, str] = field(default_factory=dict)  # versioned package -> the unversioned one to name


def read_suite(packages: Iterable[dict[str, str]], sources: Iterable[dict[str, str]]) -> Suite:
    """Return the facts of a suite from its stanzas."""
    suite = Suite(packages={stanza["Package"]: stanza for stanza in packages})
    for source in sources:
        if source.get("Extra-Source-Only") != "yes":
            _count_uses(suite, source)
    for name, stanza in suite.packages.items():
        for group in relations(stanza.get("Depends", "")):
            _note_general(suite, name, group[0])
    for pattern, whole in WHOLE.items():
        suite.general.update((name, whole) for name in suite.packages if re.fullmatch(pattern, name))
    suite.general.pop("libmariadb-dev", None)  # asked for by its own name too
    return suite


def rank(suite: Suite, package: str) -> tuple[object, ...]:
    """Return a key that sorts the likelier package first."""
    stanza = suite.packages.get(package, {})
    section = stanza.get("Section", "")
    implied = package in IMPLIED or COMPILER_RUNTIME.match(package)
    bonus = IMPLIED_BONUS if implied else 0
    if stanza.get("Priority") in ("required", "important", "standard"):
        bonus += PRIORITY_BONUS
    uses = suite.build_uses[package] + PYTHON_WEIGHT * suite.python_uses[package] + bonus
    return (bool(ODD.search(package)), "/" in section, -uses, len(package), package)


def usable(owners: Iterable[str], kind: str) -> list[str]:
    """Return the owners without odd ones."""
    ports = LANGUAGE_PORTS if kind == "bin" else ()
    return [name for name in owners if not ODD.search(name) or (ports and name.startswith(ports))]


def _count_uses(suite: Suite, source: dict[str, str]) -> None:
    python = any(name.strip().startswith("python3-") for name in source.get("Binary", "").split(","))
    seen: set[str] = set()
    for group in (group for name in BUILD_FIELDS for group in relations(source.get(name, ""))):
        for place, package in enumerate(group):
            if package in seen:
                continue
            seen.add(package)
            weight = 1.0 if place == 0 else ALTERNATIVE_WEIGHT
            suite.build_uses[package] += weight
            if python:
                suite.python_uses[package] += weight


def _note_general(suite: Suite, name: str, dependency: str) -> None:
    """A package that depends on a more versioned form of its own name is the one to install (libboost-dev)."""
    if dependency == name or dependency not in suite.packages or _bare(dependency) != _bare(name):
        return
    fewer_digits = len(re.findall(r"\d", name)) < len(re.findall(r"\d", dependency))
    known = suite.general.get(dependency)
    if fewer_digits and suite.build_uses[name] >= suite.build_uses[dependency]:
        better = known is None or suite.build_uses[name] > suite.build_uses[known]
        suite.general[dependency] = name if better or known is None else known


def _bare(name: str) -> str:
    return VERSION_PART.sub("", name.removeprefix("default-"))
