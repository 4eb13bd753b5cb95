"""From an image, symptoms and a Python package to one complete list of system packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.diagnosis import ImageFacts, Install, PythonPackage, Subject
from bot.core.finding import Confidence
from bot.core.system.debian import suite_letter
from bot.core.system.distributions import package_manager
from bot.core.system.images import KnownImage, known_image
from bot.core.system.names import (
    ALPINE,
    DEBIAN,
    alpine_provider,
    capability,
    family_of,
    tool_packages,
    translate,
    without_brought,
)
from bot.core.system.needs import COMPILERS, Needs, find_needs
from bot.core.system.symptoms import Answer, answer_symptom

# A log that misses one of these got past the compiler, which the job may have installed itself.
PAST_COMPILER = frozenset({"header", "python-header"})
RPM_MACROS = "/usr/lib/rpm/redhat/"  # compiler flags that the distribution's own Python hands on
EXACT_DISTRIBUTIONS = frozenset({"debian"})


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What to install. ``run_time`` are those packages of it that the program needs when it runs.

    ``present``: symptoms for which the image already has the package, so that the cause is another one.
    ``unresolved``: symptoms that no table knows. ``hint`` is a better way than installing.
    """

    install: Install | None = None
    confidence: Confidence = Confidence.LOW
    run_time: tuple[str, ...] = ()
    present: tuple[Subject, ...] = ()
    unresolved: tuple[Subject, ...] = ()
    hint: str = ""


@dataclass(kw_only=True)
class _Collected:
    """Grows while the symptoms are looked at."""

    packages: set[str] = field(default_factory=set)
    run_time: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)  # answers to the symptoms themselves
    present: list[Subject] = field(default_factory=list)
    unresolved: list[Subject] = field(default_factory=list)
    certain: bool = True


def resolve(
    image: ImageFacts, symptoms: Sequence[Subject], python_package: PythonPackage | None = None
) -> Resolution:
    """Return the packages for the symptoms and what the Python package will miss next, minus what is there."""
    known = known_image(image)
    place = _Place.of(known)
    needs = find_needs(python_package.name, python_package.version) if python_package else None
    found = _Collected()
    for symptom in symptoms:
        _add_symptom(found, symptom, place, needs)
    if needs and (found.named or (found.unresolved and needs.certain)):
        _add_needs(found, symptoms, place, needs)
    there = place.has - found.named  # the log is the better witness of what is missing
    packages = without_brought(found.packages - there, place.distribution)
    manager = package_manager(place.distribution, image.release) or ("apt" if not place.distribution else "")
    return Resolution(
        install=Install(manager, tuple(sorted(packages))) if packages and manager else None,
        confidence=_confidence(found, place, needs),
        run_time=tuple(sorted(found.run_time & packages)),
        present=tuple(found.present),
        unresolved=tuple(found.unresolved),
        hint=needs.hint if needs else "",
    )


def runs_on(package: PythonPackage, install: Install, image: ImageFacts) -> bool:
    """Whether a Python package is known to need one of the installed packages when it runs."""
    needs = find_needs(package.name, package.version)
    place = _Place.of(known_image(image))
    names = (translate(name, place.distribution, place.suite) for name in needs.run) if needs else ()
    return any(not set(install.packages).isdisjoint(each) for each in names)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where the packages go: the distribution, the Debian suite that answers for it, what is there."""

    distribution: str
    suite: str
    has: frozenset[str]
    family: str
    own_python: bool
    known: bool
    complete: bool  # the image is known in full
    bare: bool  # and has no compiler

    @classmethod
    def of(cls, image: KnownImage) -> _Place:
        facts = image.facts
        return cls(
            distribution=facts.distribution,
            suite=suite_letter(facts.distribution, facts.release),
            has=image.packages,
            family=family_of(facts.distribution),
            own_python=image.own_python,
            known=bool(facts.distribution),
            complete=image.complete,
            bare=image.complete and "gcc" not in image.packages,
        )


def _add_symptom(found: _Collected, symptom: Subject, place: _Place, needs: Needs | None) -> None:
    if place.own_python and (symptom.kind == "python-header" or symptom.name == "Python.h"):
        found.present.append(symptom)
        return
    answer = answer_symptom(symptom, place.suite, needs)
    package, certain = answer.choose(needs)
    names = _names_of(symptom, answer, package, place)
    if not names:
        found.unresolved.append(symptom)
    elif place.complete and place.has.issuperset(names):
        found.present.append(symptom)
    else:
        found.certain &= certain or bool(answer.tool)
        found.packages.update(names)
        found.named.update(names)
        if answer.run:
            found.run_time.update(names)


def _names_of(symptom: Subject, answer: Answer, package: str, place: _Place) -> tuple[str, ...]:
    if answer.tool:
        names = tool_packages(answer.tool, place.distribution, place.suite)
    elif place.family == ALPINE and (provider := alpine_provider(symptom.kind, symptom.name)):
        names = (provider,)
    elif place.family != DEBIAN and (answer.run or not package):
        names = ()  # the capability names the very thing; a Debian package's name is a detour
    else:
        names = translate(package, place.distribution, place.suite) if package else ()
    return names or _capabilities(symptom, place)


def _capabilities(symptom: Subject, place: _Place) -> tuple[str, ...]:
    if symptom.kind == "file" and symptom.name.startswith(RPM_MACROS):
        return ("redhat-rpm-config",)
    offered = capability(symptom.kind, symptom.name, place.distribution)
    return (offered,) if offered else ()


def _add_needs(found: _Collected, symptoms: Sequence[Subject], place: _Place, needs: Needs) -> None:
    """Add what the build will miss after the first symptom, so that one proposal cures the whole chain."""
    if found.named and found.run_time >= found.named:
        _add_translated(found, needs.run, place, run=True)
        return
    compiled = any(symptom.kind in PAST_COMPILER for symptom in symptoms)
    past_compiler = compiled and not place.bare
    for tool in needs.tools:
        if not (past_compiler and tool in COMPILERS):
            found.packages.update(tool_packages(tool, place.distribution, place.suite))
    # A distribution's own Python has its headers apart; the official Python images have them with it.
    without = needs.compiled and place.bare and not place.own_python and not compiled
    headers = ("python3-dev",) if without else ()
    _add_translated(found, (*needs.build, *headers), place)
    _add_translated(found, _missing_later(needs), place, run=True)


def _missing_later(needs: Needs) -> list[str]:
    """What is still missing when the build is done: a development package brings its own library, not programs."""
    if not needs.build:
        return list(needs.run)
    return [name for name in needs.run if not name.startswith("lib") and f"{name}-dev" not in needs.build]


def _add_translated(found: _Collected, packages: Sequence[str], place: _Place, *, run: bool = False) -> None:
    for package in packages:
        names = translate(package, place.distribution, place.suite)
        found.packages.update(names)
        if run:
            found.run_time.update(names)


def _confidence(found: _Collected, place: _Place, needs: Needs | None) -> Confidence:
    if not found.packages or not found.certain:
        return Confidence.LOW
    if not found.named:
        return Confidence.MEDIUM  # the package's own build instructions, and a symptom that no table has
    exact = place.distribution in EXACT_DISTRIBUTIONS or bool(needs and needs.certain and place.known)
    return Confidence.HIGH if exact else Confidence.MEDIUM
