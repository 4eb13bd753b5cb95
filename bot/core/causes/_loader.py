"""Which Python package was loading a library when the program stopped: what else it loads is missing too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from bot.core.cause import TraceContext
from bot.core.causes._symptoms.symptom import LOUD
from bot.core.diagnosis import ImageFacts, Install, PythonPackage, Subject
from bot.core.expression import expression
from bot.core.python.lock import read_lock
from bot.core.system.debian import plain_name
from bot.core.system.needs import find_needs
from bot.core.system.resolve import runs_on

_FRAME = expression(r"/(?:site|dist)-packages/(?P<name>[A-Za-z0-9_]+)[/.]")
UNDEFINED = "undefined symbol: "
_IN_PYTHON_ITSELF = expression(r"AttributeError: \S*/python[\d.]*: undefined symbol: ")
_AFFIXES = re.compile(r"^(?:python-|py)|-(?:python|py|c)$")
_FURTHEST = 80
_TRACEBACK = "Traceback (most recent call last)"


def loader_of(
    context: TraceContext, index: int, place: ImageFacts, install: Install | None
) -> PythonPackage | None:
    """Return the package whose known libraries the missing one is of: by the traceback, else by the lock file."""
    locked = dict(_locked(context))
    candidates = (PythonPackage(name, version) for name, version in locked.items())
    return _in_traceback(context, index, locked) or next(
        (each for each in candidates if install and runs_on(each, install, place)), None
    )


def opened_itself(context: TraceContext) -> Iterator[tuple[int, Subject]]:
    """Yield where `ctypes` has opened Python itself, as it does where it found no library of the name."""
    log = context.log
    for index in log.lines_with(UNDEFINED, LOUD):
        if not _IN_PYTHON_ITSELF.matches(log.plain[index]):
            continue
        built = log.packages.failed_build(index)
        package = log.package(index) if built else _in_traceback(context, index, dict(_locked(context)))
        needs = find_needs(package.name, package.version) if package else None
        if needs and needs.run:
            yield index, Subject("package", plain_name(needs.run[0]))


def _in_traceback(context: TraceContext, index: int, locked: Mapping[str, str]) -> PythonPackage | None:
    """Return the innermost package of a traceback that is known to load libraries."""
    by_module = {_AFFIXES.sub("", name): name for name in locked}
    for module in _modules(context, index):
        name = by_module.get(_AFFIXES.sub("", module), module)
        needs = find_needs(name, locked.get(name, ""))
        if needs and needs.run:
            return PythonPackage(name, locked.get(name, ""))
    return None


def _modules(context: TraceContext, index: int) -> Iterator[str]:
    """Yield the names of the packages in the traceback above a line, the innermost first."""
    for text in reversed(context.log.before(index, _FURTHEST)):
        groups = _FRAME.groups(text)
        if groups:
            yield canonicalize_name(groups["name"])
        if text.startswith(_TRACEBACK):
            return


def _locked(context: TraceContext) -> Iterator[tuple[str, str]]:
    lock = read_lock(context.snapshot.files.get("poetry.lock")) if context.snapshot else None
    for package in lock.packages if lock else ():
        yield package.name, package.version
