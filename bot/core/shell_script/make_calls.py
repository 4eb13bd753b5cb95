"""`make target` where the makefile is in the repository: its recipes as scripts."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from bot.core.shell_script.fragment import Fragment
from bot.core.shell_script.makefile import Makefile, read_makefile
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.walker import Mode, Reading, Walker

NAMES = ("GNUmakefile", "makefile", "Makefile")
_WITH_VALUE = frozenset({"-I", "-o", "-W", "-l", "--include-dir", "--old-file", "--what-if", "--load-average"})
_ASSIGNMENT = re.compile(r"([\w.-]+)\??=(.*)\Z", re.DOTALL)


@dataclass
class _Call:
    """The command line of `make`, read."""

    directory: str | None
    file: Word | None = None
    targets: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)


def run_make(walker: Walker, command: Command, mode: Mode) -> None:
    """Read the recipes of the targets that the command makes, those of prerequisites first."""
    call = _read_call(command)
    path = _path(call, walker.reading)
    if path is None:
        return
    makefile = read_makefile(path, walker.reading.files[path])
    done: set[str] = set()
    for target in call.targets or [makefile.default]:
        for name in makefile.order(target):
            key = f"{path} {name}"
            if key not in walker.running and name not in done:
                done.add(name)
                inside = replace(walker, origin=path, running=walker.running | {key})
                _run_recipe(inside, makefile, name, call, mode)


def _read_call(command: Command) -> _Call:
    call = _Call(command.directory)
    words = iter(command.words[1:])
    for word in words:
        head, equals, value = word.text.partition("=")
        assignment = _ASSIGNMENT.match(word.text)
        if head in {"-C", "--directory"}:
            call.directory = _below(call.directory, Word(value, word.known) if equals else next(words, None))
        elif head in {"-f", "--file", "--makefile"}:
            call.file = Word(value, word.known) if equals else next(words, None)
        elif head in _WITH_VALUE:
            next(words, None)
        elif assignment is not None and not word.text.startswith("-"):
            call.variables[assignment[1]] = assignment[2]
        elif not word.text.startswith("-"):
            call.targets.append(word.text)
    return call


def _below(directory: str | None, word: Word | None) -> str | None:
    if directory is None or word is None or not word.known or word.text.startswith(("/", "~")):
        return None
    normal = posixpath.normpath(posixpath.join(directory, word.text))
    return "" if normal == "." else normal


def _path(call: _Call, reading: Reading) -> str | None:
    if call.file is not None:
        named = _below(call.directory, call.file)
        return named if reading.text(named) is not None else None
    if call.directory is None:
        return None
    paths = [posixpath.join(call.directory, name) for name in NAMES]
    found = next((path for path in paths if path in reading.files), None)
    if found is None:
        reading.missing.update(paths)
    return found


def _run_recipe(walker: Walker, makefile: Makefile, target: str, call: _Call, mode: Mode) -> None:
    """Run each line of a recipe in a shell of its own, which stops make when it fails."""
    for line in makefile.targets[target].recipe:
        text, prefix = _without_prefix(makefile.expand(line, target, call.variables))
        shell = walker.shell.child()
        shell.directory, shell.stops_at_failure = call.directory, True
        own = replace(mode, ignored=mode.ignored or "-" in prefix, output=None, here_document=None)
        replace(walker, shell=shell).read([(0, text)], own)


def _without_prefix(line: Fragment) -> tuple[Fragment, str]:
    length = len(line.text) - len(line.text.lstrip("@-+ \t"))
    return line.cut(length, len(line.text)), line.text[:length]
