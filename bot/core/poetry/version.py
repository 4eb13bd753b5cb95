"""Which Poetry a job has, and what fixes its version."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.finding import Location
from bot.core.python.versions import parse_version
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.shell_script.poetry_setup import PoetrySetup, image_poetry, poetry_setups
from bot.core.system.references import parse_reference

_MOVING_TAGS = frozenset({"latest", "main", "master", "develop", "dev", "edge", "stable", "nightly"})


class Pinned(Enum):
    """How far a version is fixed."""

    EXACT = "exact"
    RANGE = "range"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PoetrySource:
    """Where a job's Poetry comes from: its own script (``setup``), else its image.

    ``version`` is None unless it is exact and certain.
    """

    pinned: Pinned
    version: Version | None = None
    setup: PoetrySetup | None = None
    location: Location | None = None


def poetry_source(job: Job) -> PoetrySource | None:
    """Return where the job's Poetry comes from; None where the job neither installs nor uses it."""
    setups = poetry_setups(job)
    if setups:
        return _by_setup(setups[-1])
    return _by_image(job) if any(poetry_calls(job.commands)) else None


def _by_setup(setup: PoetrySetup) -> PoetrySource:
    version = parse_version(setup.version) if setup.version else None
    location = setup.word.location if setup.word else setup.command.location
    return PoetrySource(pinned=_pinned(setup), version=version, setup=setup, location=location)


def _pinned(setup: PoetrySetup) -> Pinned:
    if setup.is_pinned:
        return Pinned.EXACT
    if not setup.constraint:
        return Pinned.NO
    try:
        specifiers = SpecifierSet(setup.constraint)
    except InvalidSpecifier:
        return Pinned.UNKNOWN
    bounded = any(one.operator in {"<", "<=", "~=", "=="} for one in specifiers)
    return Pinned.RANGE if bounded else Pinned.NO


def _by_image(job: Job) -> PoetrySource | None:
    """Judge an image that must bring Poetry along: a tag with a version fixes it, a moving tag does not."""
    if job.image is None:
        return None
    location = job.image.name.location
    reference = parse_reference(job.image.reference) if job.image.reference else None
    if reference is None or "@" in job.image.name.value:
        return PoetrySource(pinned=Pinned.UNKNOWN, location=location)
    _, text = image_poetry(str(reference))
    version = parse_version(text) if text else None
    pinned = Pinned.NO if reference.tag in _MOVING_TAGS else Pinned.EXACT
    return PoetrySource(pinned=pinned, version=version, location=location)
