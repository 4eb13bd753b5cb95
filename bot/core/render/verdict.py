"""The first line of the note: what matters most, in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.diagnosis import Fault
from bot.core.finding import Severity
from bot.core.render.contents import Contents, Failure
from bot.core.render.groups import grouped
from bot.core.render.inert import code, prose
from bot.core.render.secrets import scrub

CLEAR = "**Nothing left to fix.**"

_NAMED_JOBS = 4
_FAULTS = {
    Fault.THIS_CHANGE: "This change breaks {jobs}",
    Fault.ALREADY_RED: "{jobs} failed, as on the target branch already",
    Fault.FLAKY: "{jobs} failed, though the same code passed before",
    Fault.INFRASTRUCTURE: "{jobs} failed through no fault of this change",
    Fault.UNKNOWN: "{jobs} failed",
}


def verdict(contents: Contents) -> str:
    """Return the note's first line: a failure before a finding, the newest state only."""
    if contents.failures:
        return _of_failure(contents.failures[0])
    weights = [group.first.severity for group in grouped(contents.findings, contents.treatments)]
    errors = weights.count(Severity.ERROR)
    others = len(weights) - errors
    if errors:
        rest = f" {_number(others, 'thing')} could be better." if others else ""
        return f"**{_number(errors, 'problem')} to fix before this is merged.**{rest}"
    if others:
        return f"**Nothing will break; {_number(others, 'thing')} could be better.**"
    return CLEAR if not contents.remarks else f"**{prose(contents.remarks[0], 200)}**"


def job_names(failure: Failure) -> str:
    """The failed jobs."""
    return names_of([job.name for job in failure.jobs])


def names_of(jobs: Sequence[str]) -> str:
    """Jobs as code spans: three of them, and how many more; empty for none."""
    names = [code(job, 60) for job in jobs]
    if len(names) > _NAMED_JOBS:
        names[_NAMED_JOBS - 1 :] = [f"{len(names) - _NAMED_JOBS + 1} more"]
    return ", ".join(names[:-1]) + " and " + names[-1] if names[1:] else "".join(names)


def _of_failure(failure: Failure) -> str:
    head = _FAULTS[failure.fault].format(jobs=job_names(failure))
    if failure.diagnosis is None:
        return f"**{head}; no known cause explains it.**"
    return f"**{head}:** {prose(scrub(failure.diagnosis.message), 300)}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
