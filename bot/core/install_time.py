"""What installing with Poetry took in one run of a job, by the times in its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

from bot.core.shell_script.poetry_call import poetry_call
from bot.core.shell_script.reader import read_line
from bot.core.snapshot import InstallTiming
from bot.core.trace import Outcome, Trace, TraceLine

_BEGINNINGS = ("Creating virtualenv ", "Installing dependencies from lock file", "Updating dependencies")
_NOTHING = ("No dependencies to install or update", "Package operations: 0 installs")
_BESIDE_POETRY = frozenset({"poetry", "cd", "export", "source", ".", "set"})
_COLLAPSED = "# collapsed multi-line command"
_AFTERWARDS = "after_script"
_MOST_COMMANDS = 100  # of a hostile log; a job has some ten
_LONGEST_COMMAND = 1_000
_MOST_INSTALLATIONS = 20


@dataclass(frozen=True, slots=True)
class InstallTime:
    """Seconds of `poetry install` and of the whole job, in one run."""

    install_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class _Times:
    """When an installation began and ended."""

    begin: float
    end: float


def install_time(trace: Trace) -> InstallTime | None:
    """Measure a run; None where its log does not tell, or where there was nothing to install.

    An installation lasts from the runner's echo of the command to that of the next one, or to the next section.
    """
    lines = trace.lines
    stamps = [line.time for line in lines if line.time is not None]
    found = [_times(trace, number) for number in islice(_installing(trace), _MOST_INSTALLATIONS)]
    known = [times for times in found if times is not None]
    if not known or len(known) < len(found):
        return None
    install_s = sum(times.end - times.begin for times in known)
    total_s = stamps[-1] - stamps[0]
    return InstallTime(install_s, total_s) if 0 < install_s <= total_s else None


def summary(times: Sequence[InstallTime]) -> InstallTiming | None:
    """Return the medians of several runs, None of none."""
    if not times:
        return None
    return InstallTiming(
        install_s=median(one.install_s for one in times),
        total_s=median(one.total_s for one in times),
        runs=len(times),
    )


def _installing(trace: Trace) -> Iterable[int]:
    """The places among the commands of those that install what the lock names."""
    for number, command in enumerate(trace.commands[:_MOST_COMMANDS]):
        if "poetry" not in command.text or len(command.text) > _LONGEST_COMMAND:
            continue
        if command.section.startswith(_AFTERWARDS):
            continue
        calls = [call for one in read_line(command.text) if (call := poetry_call(one))]
        if any(call.brings_packages for call in calls):
            yield number


def _times(trace: Trace, number: int) -> _Times | None:
    command = trace.commands[number]
    first = command.line
    behind = trace.commands[number + 1 :]
    later = next((one.line for one in behind if not one.section.startswith(_AFTERWARDS)), None)
    if later is None and trace.outcome is not Outcome.SUCCEEDED:
        return None  # it was this command that failed, or the log ends in it
    end = next(
        (
            index
            for index in range(first + 1, len(trace.lines))
            if index == later or trace.lines[index].section != command.section
        ),
        None,
    )
    if end is None or any(line.text.startswith(_NOTHING) for line in trace.lines[first:end]):
        return None
    begin, ended = _begin(trace.lines[first:end], command.text), trace.lines[end].time
    return None if begin is None or ended is None else _Times(begin, ended)


def _begin(lines: Sequence[TraceLine], command: str) -> float | None:
    """When Poetry began: where the line does more than that, its own first words tell.

    What the line does behind the installation would count too: then nothing is said.
    """
    commands = read_line(command)
    last = poetry_call(commands[-1])
    if last is None or not last.brings_packages or lines[0].text.endswith(_COLLAPSED):
        return None
    if all(one.name in _BESIDE_POETRY for one in commands):
        return lines[0].time
    return next((line.time for line in lines if line.text.startswith(_BEGINNINGS)), None)
