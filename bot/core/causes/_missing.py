"""Picks, of all symptoms in a log, the one that stopped the build or the program, and says what to install."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.cause import TraceContext
from bot.core.causes._loader import loader_of, opened_itself
from bot.core.causes._place import place_of
from bot.core.causes._symptoms import SYMPTOMS, Symptom
from bot.core.causes._symptoms.symptom import LOUD
from bot.core.causes._witness import witnessed
from bot.core.diagnosis import Diagnosis, ImageFacts, Install, PythonPackage, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.job_log import JobLog
from bot.core.sign import name_package, one_word
from bot.core.system.better_way import locked_wheel_hint
from bot.core.system.resolve import resolve

# With or without the name of the system that it compiles for, as in `aarch64-linux-gnu-gcc`.
COMPILER = expression(r"^(?:\w+-(?:\w+-)*)?(?:gcc|cc|g\+\+|c\+\+|clang|gfortran|rustc|cargo)$")
# Words at the place of a name in prose that are none.
_NO_NAMES = (
    "a an and any are be but file files following for from in installed is it"
    " no not of on one or path python setuptools some specified such that the parentheses"
    " them these this to tool tools valid version which with you your cython numpy pip wheel error warning"
)
NO_NAMES = frozenset(_NO_NAMES.split())
_INSTALLER = expression(r"(?P<name>curl|wget|pipx?|pip3|python3?): (?:command )?not found$")
_WITH_NUMBER = re.compile(r"^(.+)-(\d+)$")
_STARTED_BY_PYTHON = expression(r"_execute_child|subprocess\.py|Popen\(|subprocess\.(?:run|call|check)")
_LINKER = "cannot find -l"
WORDS = {
    "header": "the header `{name}`",
    "python-header": "Python's own header `{name}`",
    "command": "the command `{name}`",
    "compiler": "a compiler (`{name}`)",
    "pkg-config": "the library `{name}` (asked for through pkg-config)",
    "cmake": "the library `{name}` (asked for through CMake)",
    "library": "the library `{name}`",
    "package": "the system package `{name}`",
    "file": "the file `{name}`",
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One symptom found: where and what."""

    index: int
    subject: Subject
    weak: bool


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield one diagnosis for what stopped the job."""
    log = context.log
    found = sorted(_find(log), key=lambda item: item.index)
    found = found or list(_before(log))
    hinted = [*opened_itself(context), *witnessed(log)]
    found = found or [Missing(index, subject, weak=True) for index, subject in hinted]
    decisive = _decisive(found)
    if decisive is None:
        return
    yield _diagnosis(context, _linked(log, found, decisive))


def _diagnosis(context: TraceContext, together: list[Missing]) -> Diagnosis:
    log, decisive = context.log, together[0]
    built = _built(log, decisive.index)
    package = log.package(decisive.index) if built else None
    place = place_of(context)
    sought = [_sought(item.subject, built=built) for item in together]
    cure = resolve(place, sought, package)
    loader = None if built else loader_of(context, decisive.index, place, cure.install)
    cure = resolve(place, sought, loader) if loader else cure
    install = cure.install or _by_name(decisive.subject, place)
    own = install is None and _is_own_header(log, decisive)
    said = _said(decisive.subject, package, loader)
    return Diagnosis(
        cause="missing-system-package",
        confidence=_confidence(decisive, own=own),
        message=_of_own_header(decisive.subject, package) if own else _message(said, install),
        evidence=(log.evidence(decisive.index),),
        subject=decisive.subject,
        python_package=package,
        image=place if place.reference or place.distribution else None,
        install=install,
        hint=cure.hint or locked_wheel_hint(context.snapshot, place, package),
    )


def _confidence(found: Missing, *, own: bool) -> Confidence:
    if own:
        return Confidence.LOW
    return Confidence.MEDIUM if found.weak else Confidence.HIGH


def _is_own_header(log: JobLog, found: Missing) -> bool:
    """Whether the source asks for a header as one of its own files: in quotes, and without a folder before it."""
    if found.subject.kind != "header" or "/" in found.subject.name:
        return False
    quoted = f'"{found.subject.name}"'
    return any("#include" in text.replace(" ", "") and quoted in text for text in log.after(found.index, 2))


def _find(log: JobLog) -> Iterator[Missing]:
    for symptom in SYMPTOMS:
        for index in log.lines_with_any(symptom.literals, symptom.where):
            subject = _subject(symptom, log, index)
            if subject is not None:
                # CMake's status lines tell of things that it can do without too.
                yield Missing(index, subject, symptom.weak or log.plain[index].startswith("--"))


def _before(log: JobLog) -> Iterator[Missing]:
    """What an earlier command lacked, where the last one only lacks what that one should have installed."""
    if not any(log.lines_with("not found", LOUD)):
        return
    for index in range(log.start):
        groups = _INSTALLER.groups(log.plain[index]) if "not found" in log.plain[index] else None
        if groups:
            yield Missing(index, Subject("command", groups["name"]), weak=False)


def _subject(symptom: Symptom, log: JobLog, index: int) -> Subject | None:
    text = log.plain[index]
    groups = expression(symptom.pattern).groups(text)
    if groups is None or (symptom.unless and expression(symptom.unless).matches(text)):
        return None
    if symptom.only_in_build and not (_built(log, index) or _started(log, index)):
        return None
    name = one_word(symptom.name.format_map(groups)).rstrip(".")
    if symptom.weak and name.lower() in NO_NAMES:
        return None
    kind = "compiler" if symptom.kind == "command" and COMPILER.matches(name) else symptom.kind
    return Subject(kind, name)


def _built(log: JobLog, index: int) -> bool:
    return log.packages.failed_build(index)


def _started(log: JobLog, index: int) -> bool:
    """Whether Python was starting a program there: a missing file reads the same otherwise."""
    around = (*log.before(index, 12), *log.after(index, 4))
    return any(_STARTED_BY_PYTHON.matches(text) for text in around)


def _decisive(found: list[Missing]) -> Missing | None:
    """The last strong symptom: a build tries things that it can do without before it meets what it cannot.

    Without the command `pkg-config` no library can be found, whatever the build then says.
    """
    if not found:
        return None
    strong = [item for item in found if not item.weak]
    last = (strong or found)[-1]
    tool = next((item for item in strong if item.subject.name == "pkg-config"), None)
    return tool if tool and last.subject.kind == "pkg-config" else last


def _linked(log: JobLog, found: list[Missing], decisive: Missing) -> list[Missing]:
    """The libraries that one run of the linker misses: it names all of them, line after line."""
    missed = {item.index: item for item in found if _LINKER in log.plain[item.index]}
    first = last = decisive.index
    while first - 1 in missed:
        first -= 1
    while last + 1 in missed:
        last += 1
    return [missed.get(index, decisive) for index in range(first, last + 1)] if last in missed else [decisive]


def _sought(subject: Subject, *, built: bool) -> Subject:
    """The subject as the tables have it: a library that a program loads is sought by the name of its file."""
    if built or subject.kind != "library" or ".so" in subject.name:
        return subject
    match = _WITH_NUMBER.match(subject.name.removeprefix("lib"))
    stem, number = (match[1], match[2]) if match else (subject.name.removeprefix("lib"), "0")
    return Subject("library", f"lib{stem}.so.{number}")


def _by_name(subject: Subject, place: ImageFacts) -> Install | None:
    """Packages that the log itself names, and Red Hat's for the files of its compiler flags."""
    if subject.kind == "package" and place.distribution in {"", "debian", "ubuntu"}:
        return Install("apt", (subject.name,))
    if subject.kind == "file" and subject.name.startswith("/usr/lib/rpm/redhat/"):
        return Install("dnf", ("redhat-rpm-config",))
    return None


def _said(subject: Subject, package: PythonPackage | None, loader: PythonPackage | None) -> str:
    what = WORDS[subject.kind].format(name=subject.name)
    if package:
        built = f"{name_package(package)} is built from source here"
        return f"{built}, and that needs {what}, which is not in the job's image."
    if loader:
        return f"{name_package(loader)} needs {what}, which is not in the job's image."
    return f"The job needs {what}, which is not in its image."


def _message(said: str, install: Install | None) -> str:
    if install is None:
        return said
    packages = ", ".join(f"`{name}`" for name in install.packages)
    return f"{said} Install {packages} with {install.manager} before."


def _of_own_header(subject: Subject, package: PythonPackage | None) -> str:
    what = f"{name_package(package)} is built from source here, and its" if package else "The"
    return (
        f"{what} source asks for the header `{subject.name}` as for a file of its own. No system package known "
        "here has it, so a file of the source may be missing. Take another version of it, or one with a wheel."
    )
