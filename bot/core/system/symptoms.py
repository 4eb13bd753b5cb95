"""From what a log says is missing to Debian packages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.diagnosis import Subject
from bot.core.system.debian import Candidate, find_file, find_header, find_soname, is_package
from bot.core.system.needs import Needs
from bot.core.system.tables import table_rows

CLOSE = 0.5  # a second answer that weighs more than this part of the first makes the question open
C_LIBRARY = frozenset({"libc6-dev", "linux-libc-dev"})  # other C libraries ship the same headers
WORD = re.compile(r"[^a-z0-9+]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``packages``: the choices, best first. ``tool``: a compiler or a command instead. ``run``: for running."""

    packages: tuple[Candidate, ...] = ()
    tool: str = ""
    run: bool = False

    def choose(self, needs: Needs | None) -> tuple[str, bool]:
        """Return the package to take and whether that is certain; what the Python package needs decides."""
        if not self.packages:
            return "", False
        wanted = {*needs.build, *needs.run} if needs else set()
        agreed = next((each.package for each in self.packages if each.package in wanted), "")
        if agreed:
            return agreed, True
        first = self.packages[0]
        if first.package in C_LIBRARY:
            return first.package, True
        close = len(self.packages) > 1 and self.packages[1].weight > CLOSE * first.weight
        return first.package, not close


def answer_symptom(symptom: Subject, suite: str, needs: Needs | None) -> Answer:
    """Return the Debian packages that have what a symptom names."""
    handler = HANDLERS.get(symptom.kind)
    return handler(symptom.name.strip(), suite, needs) if handler else Answer()


def compiler_word(name: str) -> str:
    """Return `cc`, `c++`, `fortran` or `rust` for the many names of compilers; empty for anything else."""
    low = name.lower()
    if re.search(r"rust|cargo", low):
        return "rust"
    if re.search(r"fortran|\bf(77|90|95)\b", low):
        return "fortran"
    if re.search(r"\+\+|cxx", low):
        return "c++"
    return "cc" if re.search(r"\b(g?cc|c compiler|compiler)\b|c_compiler", low) else ""


def _compiler(name: str, suite: str, needs: Needs | None) -> Answer:
    del suite, needs
    return Answer(tool=compiler_word(name) or "cc")


def _command(name: str, suite: str, needs: Needs | None) -> Answer:
    del needs
    command = name.rsplit("/", 1)[-1]
    command = {"cmake_make_program": "make", "ninja": "ninja", "gcc/cc": "cc"}.get(command.lower(), command)
    word = compiler_word(command) if command in ("gcc", "cc", "g++", "c++", "cargo", "rustc", "gfortran") else ""
    if word or any(row[0] == command for row in table_rows("commands")):
        return Answer(tool=word or command)
    return Answer(packages=find_file("bin", command, suite), tool="")


def _header(name: str, suite: str, needs: Needs | None) -> Answer:
    if name == "Python.h":
        return _python_header(name, suite, needs)
    if "." in name:
        return Answer(packages=find_header(name, suite))
    # A library in words (`jpeg`), or a C++ header, which has no ending (`Eigen/Core`).
    found = _by_word(name, suite) or find_header(name, suite) or find_header(f"{name.lower()}.h", suite)
    return Answer(packages=found) if found else _named_like(name, suite, needs)


def _python_header(name: str, suite: str, needs: Needs | None) -> Answer:
    del name, suite, needs
    return Answer(packages=(Candidate("python3-dev", 1.0),))


def _pkg_config(name: str, suite: str, needs: Needs | None) -> Answer:
    for module in re.split(r"[/ ,]+", name):
        found = find_file("pc", module.removesuffix(".pc"), suite)
        if found:
            return Answer(packages=found)
    return _words(name.split(" ", maxsplit=1)[0], suite, needs)


def _cmake(name: str, suite: str, needs: Needs | None) -> Answer:
    for key in (name, name.lower(), f"lib{name.lower()}"):
        found = find_file("cmake", key, suite) or find_file("pc", key, suite)
        if found:
            return Answer(packages=found)
    return _words(name, suite, needs)


def _library(name: str, suite: str, needs: Needs | None) -> Answer:
    if re.search(r"\.so\.\d", name):
        return Answer(packages=find_file("so", name, suite) or _other_soname(name, suite), run=True)
    if name.endswith(".so"):
        return Answer(packages=find_file("lib", name.removesuffix(".so").removeprefix("lib"), suite))
    if needs and needs.run and not needs.compiled:
        return _run_time(name, suite)
    return _words(name, suite, needs)


def _other_soname(name: str, suite: str) -> tuple[Candidate, ...]:
    """Look for another version, for lower case, or for more words in the name (`libMagickWand-6`)."""
    stem = name.split(".so.", maxsplit=1)[0]
    found = (find_soname(other, suite) for other in (f"{stem}.so", f"{stem.lower()}.so", stem))
    return next((packages for packages in found if packages), ())


def _run_time(name: str, suite: str) -> Answer:
    if is_package(name, suite):
        return Answer(packages=(Candidate(name, 1.0),), run=True)
    stem = "lib" + name.removeprefix("lib")
    return Answer(packages=find_soname(f"{stem}.so", suite) or find_soname(stem, suite), run=True)


def _words(name: str, suite: str, needs: Needs | None) -> Answer:
    """A library that the log names in words: `Berkeley DB`, `libxml2`, `lapack`."""
    found = _by_word(name, suite)
    return Answer(packages=found) if found else _named_like(name, suite, needs)


def _by_word(name: str, suite: str) -> tuple[Candidate, ...]:
    known = next((row[1] for row in table_rows("library-words") if row[0] == name.lower()), "")
    if known:
        return (Candidate(known, 1.0),)
    for word in (name, name.lower()):
        bare = word.removeprefix("-l").removeprefix("lib")
        found = find_file("lib", bare, suite) or find_file("pc", word, suite) or find_file("pc", bare, suite)
        if found:
            return found
    return ()


def _named_like(name: str, suite: str, needs: Needs | None) -> Answer:
    """A needed package with the word in its name, else a package of that very name, else a run-time library."""
    word = WORD.sub("", name.lower()).removeprefix("lib")
    for package in (*needs.build, *needs.run) if needs else ():
        if word and word in package:
            return Answer(packages=(Candidate(package, 1.0),), run=package in needs.run if needs else False)
    if is_package(name, suite):
        return Answer(packages=(Candidate(name, 1.0),))
    return _run_time(name, suite)


def _package(name: str, suite: str, needs: Needs | None) -> Answer:
    del needs
    return Answer(packages=(Candidate(name, 1.0),) if is_package(name, suite) else ())


HANDLERS: dict[str, Callable[[str, str, Needs | None], Answer]] = {
    "compiler": _compiler,
    "command": _command,
    "header": _header,
    "python-header": _python_header,
    "pkg-config": _pkg_config,
    "cmake": _cmake,
    "library": _library,
    "package": _package,
}
