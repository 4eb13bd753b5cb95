"""A sign: a line by which a cause is known, as data. The order of a cause's signs is their rank."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.diagnosis import Diagnosis, Evidence, PythonPackage, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.job_log import JobLog, Zone

SCRIPT = frozenset({Zone.SCRIPT})
TEST = frozenset({Zone.TEST})
SUMMARY = frozenset({Zone.SUMMARY})
QUIET = frozenset({Zone.QUIET})
RUNNER = frozenset({Zone.RUNNER})
SCRIPT_OR_TEST = SCRIPT | TEST
SCRIPT_OR_WARNING = frozenset({Zone.SCRIPT, Zone.WARNING})
RUNNER_OR_SCRIPT = RUNNER | SCRIPT
ANYWHERE = frozenset({Zone.RUNNER, Zone.SCRIPT, Zone.WARNING})

PUBLISHING = r"Publishing \S+ \([^)]+\) to (?P<repository>\S+)"  # Poetry's line above an upload's answer
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?= |$)")  # a quoted sentence at the end of ours
_LONGEST_WORD = 160
_ABOVE = 200


@dataclass(frozen=True, kw_only=True)
class Sign:
    """``pattern`` (RE2) must stand in a line that holds the literal; its named groups fill message and subject.

    Without a pattern the literal is enough. ``unless`` must not stand in the line; ``near`` must stand in one of
    the lines ``within`` so many before or after, ``unless_near`` must not; of ``near_holds``, templates over the
    pattern's groups, one must stand in the line that is near. ``above``: the nearest line above with this
    expression gives more groups; with ``needs_above`` there must be one. ``command`` must stand in the command
    that failed, ``ran`` in one of the commands of the job, ``unless_earlier`` must not in what earlier commands
    printed. ``last`` takes the last such line instead of the first. ``built``: the line must, or must not,
    belong to the build of a Python package that failed. ``of_package``: the diagnosis names that package.
    Message and subject may name ``running``, the program of the command that failed.
    """

    literal: str | tuple[str, ...]
    message: str
    pattern: str = ""
    kind: str = ""
    subject: str = ""
    where: frozenset[Zone] = SCRIPT
    confidence: Confidence = Confidence.HIGH
    unless: str = ""
    near: str = ""
    near_holds: tuple[str, ...] = ()
    unless_near: str = ""
    within: int = 12
    above: str = ""
    needs_above: bool = False
    command: str = ""
    ran: str = ""
    unless_earlier: str = ""
    last: bool = False
    built: bool | None = None
    of_package: bool = False

    @property
    def literals(self) -> tuple[str, ...]:
        """The literals, of which one is enough."""
        return (self.literal,) if isinstance(self.literal, str) else self.literal


def diagnose_by_signs(cause: str, signs: tuple[Sign, ...], log: JobLog) -> Iterator[Diagnosis]:
    """Yield the diagnosis of the first sign that stands in the log."""
    for sign in signs:
        found = _find(sign, log)
        if found is not None:
            index, groups = found
            yield _diagnosis(cause, sign, log, index, groups)
            return


def _find(sign: Sign, log: JobLog) -> tuple[int, Mapping[str, str]] | None:
    if sign.unless_earlier and any(expression(sign.unless_earlier).matches(t) for t in log.earlier()):
        return None
    if sign.ran and log.command and not any(expression(sign.ran).matches(c.text) for c in log.trace.commands):
        return None
    if sign.command and not (log.command and expression(sign.command).matches(log.command.text)):
        return None
    indexes = log.lines_with_any(sign.literals, sign.where)
    matches = (
        (index, groups)
        for index in (reversed(indexes) if sign.last else indexes)
        if (groups := _groups(sign, log, index)) is not None
    )
    found = next(matches, None)
    if found is None or log.zones[found[0]] is not Zone.TEST:
        return found
    return found if log.explains_tests([found[0], *(index for index, _ in matches)]) else None


def _groups(sign: Sign, log: JobLog, index: int) -> Mapping[str, str] | None:
    text = log.plain[index]
    groups = expression(sign.pattern).groups(text) if sign.pattern else {}
    if groups is None or (sign.unless and expression(sign.unless).matches(text)):
        return None
    if sign.built is not None and log.packages.failed_build(index) is not sign.built:
        return None
    if not _fits_around(sign, log, index, groups):
        return None
    _, more = _above(sign.above, log, index) if sign.above else (index, {})
    return None if sign.needs_above and not more else {**more, **groups}


def _fits_around(sign: Sign, log: JobLog, index: int, groups: Mapping[str, str]) -> bool:
    if not (sign.near or sign.unless_near):
        return True
    around = (*log.before(index, sign.within), *log.after(index, sign.within))
    held = [template.format_map(groups) for template in sign.near_holds] or [""]
    near = expression(sign.near)
    if sign.near and not any(near.matches(text) and any(each in text for each in held) for text in around):
        return False
    unless = expression(sign.unless_near)
    return not (sign.unless_near and any(unless.matches(text) for text in around))


def _above(pattern: str, log: JobLog, index: int) -> tuple[int, Mapping[str, str]]:
    """The nearest line above that has the expression's groups, and these; the line itself where none has."""
    wanted = expression(pattern)
    lines = log.before(index, _ABOVE)
    found = (
        (index - distance, groups)
        for distance, text in enumerate(reversed(lines), start=1)
        if (groups := wanted.groups(text))
    )
    return next(found, (index, {}))


def _evidence(sign: Sign, log: JobLog, index: int) -> tuple[Evidence, ...]:
    """The line, and the one above without which it would say little."""
    if not sign.needs_above:
        return (log.evidence(index),)
    return log.evidence(index), log.evidence(_above(sign.above, log, index)[0])


def _diagnosis(cause: str, sign: Sign, log: JobLog, index: int, groups: Mapping[str, str]) -> Diagnosis:
    package = log.package(index) if sign.of_package else None
    words = {name: one_word(value) for name, value in groups.items()}
    words = defaultdict(str, words)
    words.setdefault("module", words["name"].lower().replace("-", "_"))
    words["running"] = log.program
    words["project"] = re.sub(r"[-_.]+", "-", words["name"]).lower()
    words["python_package"] = name_package(package)
    words["distribution"] = f"{package.name} {package.version}".strip() if package else ""
    name = sign.subject.format_map(words).strip()
    return Diagnosis(
        cause=cause,
        confidence=sign.confidence,
        message=_TWO_STOPS.sub(".", sign.message.format_map(words)),
        evidence=_evidence(sign, log, index),
        subject=Subject(sign.kind, name) if name else None,
        python_package=package,
    )


def name_package(package: PythonPackage | None) -> str:
    """A package in a message."""
    if package is None:
        return "a Python package"
    return f"`{package.name}` {package.version}".strip()


def one_word(value: str) -> str:
    """A captured text that is safe inside backticks and of bounded length."""
    return value.replace("`", "'").strip()[:_LONGEST_WORD]
