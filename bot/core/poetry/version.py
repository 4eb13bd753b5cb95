"""Which Poetry a job has, and what fixes its version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Location
from bot.core.poetry.releases import newest_for
from bot.core.poetry.runs import runs_of
from bot.core.python.versions import parse_version
from bot.core.shell_script.environments import activations
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.shell_script.poetry_setup import PoetrySetup, image_poetry, poetry_setups
from bot.core.system.references import parse_reference

_OFFICIAL = re.compile(r"(?:(?:[\w.-]+/)*library/)?python(?::|$)")
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

    ``version`` is None unless it is exact and certain. ``missing``: the official Python image has none, and the
    script does not say where it comes from.
    """

    pinned: Pinned
    version: Version | None = None
    setup: PoetrySetup | None = None
    location: Location | None = None
    missing: bool = False


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
    if _OFFICIAL.match(job.image.name.value) and not any(activations(job.commands)):
        return PoetrySource(pinned=Pinned.NO, missing=True, location=location)
    reference = parse_reference(job.image.reference) if job.image.reference else None
    if reference is None or "@" in job.image.name.value:
        return PoetrySource(pinned=Pinned.UNKNOWN, location=location)
    _, text = image_poetry(str(reference))
    version = parse_version(text) if text else None
    pinned = Pinned.NO if reference.tag in _MOVING_TAGS else Pinned.EXACT
    return PoetrySource(pinned=pinned, version=version, location=location)


def effective_version(context: Context, job: Job) -> tuple[Version, bool]:
    """Return the Poetry that a job really has, and whether that is certain.

    Unpinned it is the newest that the job's Python takes; what an image brings is not known.
    """
    source = poetry_source(job)
    if source is not None and source.version is not None:
        return source.version, True
    pythons = {run.python for run in runs_of(job, context.snapshot.facts.today)}
    python = next(iter(pythons)) if len(pythons) == 1 else None
    by_pip = source is not None and source.setup is not None and source.pinned is Pinned.NO
    return newest_for(python), bool(
        by_pip and python and source and source.setup and source.setup.manager == "pip"
    )
