"""Which Python package was loading a library when the program stopped: what else it loads is missing too."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from bot.core.cause import TraceContext
from bot.core.diagnosis import ImageFacts, Install, PythonPackage
from bot.core.expression import expression
from bot.core.python.lock import read_lock
from bot.core.system.needs import find_needs
from bot.core.system.resolve import runs_on

_FRAME = expression(r"/(?:site|dist)-packages/(?P<name>[A-Za-z0-9_]+)[/.]")
_FURTHEST = 80
_TRACEBACK = "Traceback (most recent call last)"


def loader_of(
    context: TraceContext, index: int, place: ImageFacts, install: Install | None
) -> PythonPackage | None:
    """Return the package whose known libraries the missing one is of: by the traceback, else by the lock file."""
    locked = dict(_locked(context))
    for name in _modules(context, index):
        needs = find_needs(name, locked.get(name, ""))
        if needs and needs.run:
            return PythonPackage(name, locked.get(name, ""))
    candidates = (PythonPackage(name, version) for name, version in locked.items())
    return next((each for each in candidates if install and runs_on(each, install, place)), None)


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
