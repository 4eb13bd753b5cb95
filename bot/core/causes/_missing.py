"""Picks, of all symptoms in a log, the one that stopped the build or the program, and says what to install."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.cause import TraceContext
from bot.core.causes._place import place_of
from bot.core.causes._symptoms import SYMPTOMS, Symptom
from bot.core.causes._witness import witnessed
from bot.core.diagnosis import Diagnosis, Install, PythonPackage, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.job_log import JobLog
from bot.core.sign import name_package, one_word
from bot.core.system.better_way import locked_wheel_hint
from bot.core.system.resolve import resolve

COMPILER_NAMES = frozenset(
    {"gcc", "cc", "g++", "c++", "clang", "gfortran", "rustc", "cargo", "x86_64-linux-gnu-gcc"}
)
# Words at the place of a name in prose that are none.
_NO_NAMES = (
    "a an and any are be but file files following for from in installed is it"
    " no not of on one or path python setuptools some specified such that the"
    " them these this to tool tools valid version which with you your cython numpy pip wheel error warning"
)
NO_NAMES = frozenset(_NO_NAMES.split())
_STARTED_BY_PYTHON = expression(r"_execute_child|subprocess\.py|Popen\(|subprocess\.(?:run|call|check)")
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
    found = found or [Missing(index, subject, weak=True) for index, subject in witnessed(log)]
    decisive = _decisive(found)
    if decisive is None:
        return
    package = log.package(decisive.index) if _built(log, decisive.index) else None
    place = place_of(context)
    cure = resolve(place, (decisive.subject,), package)
    install = cure.install or _of_file(decisive.subject)
    yield Diagnosis(
        cause="missing-system-package",
        confidence=Confidence.MEDIUM if decisive.weak else Confidence.HIGH,
        message=_message(decisive.subject, package, install),
        evidence=(log.evidence(decisive.index),),
        subject=decisive.subject,
        python_package=package,
        image=place if place.reference or place.distribution else None,
        install=install,
        hint=cure.hint or locked_wheel_hint(context.snapshot, place, package),
    )


def _find(log: JobLog) -> Iterator[Missing]:
    for symptom in SYMPTOMS:
        for index in log.lines_with_any(symptom.literals, symptom.where):
            subject = _subject(symptom, log, index)
            if subject is not None:
                yield Missing(index, subject, symptom.weak)


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
    kind = "compiler" if symptom.kind == "command" and name in COMPILER_NAMES else symptom.kind
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


def _of_file(subject: Subject) -> Install | None:
    """Packages for files that no table of headers or libraries has: Red Hat's compiler flags name such files."""
    if subject.kind == "file" and subject.name.startswith("/usr/lib/rpm/redhat/"):
        return Install("dnf", ("redhat-rpm-config",))
    return None


def _message(subject: Subject, package: PythonPackage | None, install: Install | None) -> str:
    what = WORDS[subject.kind].format(name=subject.name)
    if package is None:
        said = f"The job needs {what}, which is not in its image."
    else:
        built = f"{name_package(package)} is built from source here"
        said = f"{built}, and that needs {what}, which is not in the job's image."
    if install is None:
        return said
    packages = ", ".join(f"`{name}`" for name in install.packages)
    return f"{said} Install {packages} with {install.manager} before."
