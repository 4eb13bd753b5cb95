"""The requirements contradict each other.

What happened
-------------
Two packages, or a package and the project, ask for versions that exclude each other, or the project supports a
Python that a dependency does not.

What to do
----------
The evidence names the two sides. Loosen the one that you own, or take another version of a dependency. For a
Python that a dependency lacks, narrow the project's range, or give the dependency a marker.

References
----------
- Poetry, dependency specification: https://python-poetry.org/docs/dependency-specification/
- pip, dependency resolution: https://pip.pypa.io/en/stable/topics/dependency-resolution/

"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.causes._demands import Demand, contested
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.finding import Confidence
from bot.core.job_log import JobLog, Zone
from bot.core.sign import SCRIPT, Sign, diagnose_by_signs, one_word

_WORDS = (
    "version solving failed",
    "conflicting dependencies",
    "unsatisfiable",
    "No solution found when resolving",
)
_BEFORE, _AFTER = 40, 25

_OF_PYTHON = (
    Sign(
        literal=("so it will not be satisfied", "so it will not be installable"),
        pattern=r"- (?P<name>\S+) requires Python (?P<want>.+?), so it will not be",
        above=r"The current project's (?:Python requirement|supported Python range) \((?P<range>[^)]+)\)",
        message=(
            "The project supports Python `{range}`, and `{name}` only `{want}`. Narrow the project's range, "
            "or give the dependency a marker."
        ),
        kind="package",
        subject="{name}",
    ),
    Sign(
        literal="required packages Python requirement",
        pattern=(
            r"The current project's (?:Python requirement|supported Python range) \((?P<range>[^)]+)\) is "
            r"not compatible"
        ),
        message=(
            "The project supports Python `{range}`, and a dependency does not support all of it. Narrow the "
            "range, or give the dependency a marker."
        ),
        kind="version",
        subject="python {range}",
    ),
)
_OF_PACKAGES = (
    Sign(
        literal="version solving failed",
        pattern=(
            r"ecause \S+ depends on (?:both )?(?P<name>\S+) \((?P<version>[^)]*)\)(?: and "
            r"(?P<other>\S+))?.*version solving failed"
        ),
        message=(
            "The requirements contradict each other at `{name}`: see the evidence. Loosen the one that you own."
        ),
        kind="package",
        subject="{name} {other}",
    ),
    Sign(
        literal="version solving failed",
        message="The requirements contradict each other: see the lines before. Loosen the one that you own.",
    ),
    Sign(
        literal="conflicting dependencies",
        pattern=r"Cannot install (?P<names>.+?) because these package versions have conflicting dependencies",
        message="{names} exclude each other. Loosen the one that you own.",
        kind="package",
        subject="{names}",
    ),
    Sign(
        literal="ResolutionImpossible",
        message="pip finds no set of versions that fits all requirements: see the lines before.",
    ),
    Sign(
        literal="No solution found when resolving",
        message="The requirements contradict each other: see the lines after.",
    ),
    Sign(
        literal="but you have",
        pattern=r"(?P<name>\S+) \S+ (?:has requirement|requires) (?P<other>\S+), but you have",
        message=(
            "The installed packages contradict each other: `{name}` needs `{other}`. Loosen the one that you own."
        ),
        kind="package",
        subject="{name} {other}",
        command=r"pip3? check|pip check",
    ),
)


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield what contradicts what, as far as the solver's words show it."""
    log = context.log
    yield from next(filter(None, (list(said) for said in _said(log))), [])


def _said(log: JobLog) -> Iterator[Iterator[Diagnosis]]:
    yield diagnose_by_signs("solver-conflict", _OF_PYTHON, log)
    yield _contradiction(log)
    yield diagnose_by_signs("solver-conflict", _OF_PACKAGES, log)


def _contradiction(log: JobLog) -> Iterator[Diagnosis]:
    """Yield the package that two others want in different versions."""
    ends = log.lines_with_any(_WORDS, SCRIPT)
    if not ends:
        return
    span = range(max(log.start, ends[0] - _BEFORE), min(len(log.plain), ends[0] + _AFTER))
    said = [index for index in span if log.zones[index] is Zone.SCRIPT]
    pair = contested([log.plain[index] for index in said])
    if pair is None:
        return
    proof = [index for index in said if "depend" in log.plain[index] and pair[0].package in log.plain[index]]
    yield Diagnosis(
        cause="solver-conflict",
        confidence=Confidence.HIGH,
        message=_message(*pair),
        evidence=tuple(log.evidence(index) for index in proof[:3] or ends[:1]),
        subject=Subject("package", pair[0].package),
    )


def _message(one: Demand, other: Demand) -> str:
    first = f"`{one_word(one.by)}` needs `{one_word(one.package)}` `{one_word(one.range)}`"
    second = f"`{one_word(other.by)}` needs it `{one_word(other.range)}`"
    return f"{first}, {second}: no version fits both. Loosen the one that you own."


CAUSE = Cause(
    id="solver-conflict",
    diagnose=diagnose,
    literals=tuple(
        {*_WORDS, *(word for sign in (*_OF_PYTHON, *_OF_PACKAGES) for word in sign.literals)},
    ),
)
