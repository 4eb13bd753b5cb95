"""A trace with what its structure says: the command that failed, the zone of each line, the packages built."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.core.diagnosis import Evidence, PythonPackage
from bot.core.job_log.packages import PackageFinder
from bot.core.job_log.plain import plain_texts
from bot.core.job_log.zone import Zone
from bot.core.job_log.zones import zones
from bot.core.trace import RanCommand, Trace

_ENOUGH = 300
# A command without the assignments before it and the programs that only start another one.
_PROGRAM = re.compile(
    r"(?:\w+=\S* +|(?:sudo|time|nice|exec|env) +|(?:poetry|pipenv|pdm|uv|hatch) +run +|python[\d.]* +-m +)*"
    r"(?P<program>(?:pip3?|poetry|docker|uv|pipenv|pdm|npm|yarn|apt-get|apk|conda|cargo) +[a-z]\w*|[\w./+-]+)"
)
_EARLIER = 400


@dataclass(frozen=True)
class JobLog:
    """``hits`` maps a literal to the indexes of the lines that hold it."""

    trace: Trace
    hits: Mapping[str, Sequence[int]]
    plain: Sequence[str]

    @cached_property
    def command(self) -> RanCommand | None:
        """The command that was running when the job failed: the last one that the runner echoed in its script."""
        ran = [c for c in self.trace.commands if c.section in {"", "step_script", "build_script"}]
        return ran[-1] if ran else None

    @cached_property
    def program(self) -> str:
        """The program of the command that failed, such as `pytest` or `pip install`."""
        match = _PROGRAM.match(self.command.text.strip()) if self.command else None
        return match["program"] if match else ""

    @cached_property
    def start(self) -> int:
        """The index from which on lines may belong to the failure."""
        return self.command.line + 1 if self.command else 0

    @cached_property
    def zones(self) -> Sequence[Zone]:
        """The zone of each line."""
        return zones(self.trace, self.plain, self.start)

    @cached_property
    def packages(self) -> PackageFinder:
        """Finds the Python package that a line is about."""
        return PackageFinder(self.plain, self.hits, self.start)

    @cached_property
    def failed_tests(self) -> Sequence[int]:
        """The indexes where the reports of single failed tests begin."""
        named = (index for index, zone in enumerate(self.zones) if zone is Zone.SUMMARY)
        return [index for index in named if self.plain[index].startswith("___")]

    def explains_tests(self, indexes: Sequence[int]) -> bool:
        """Whether what stands at these lines, where they are of tests, stands in half of the failed tests."""
        reported = [index for index in indexes if self.zones[index] is Zone.TEST]
        if len(reported) < len(indexes) or not self.failed_tests:
            return True
        tests = {bisect_right(self.failed_tests, index) for index in reported}
        return 2 * len(tests) >= len(self.failed_tests)

    def package(self, index: int) -> PythonPackage | None:
        """The Python package that was being built or installed at a line."""
        return self.packages.at(index)

    def evidence(self, index: int) -> Evidence:
        """A line as evidence, without what a wrapper put around it."""
        return Evidence(self.trace.lines[index].number, self.plain[index].strip()[:500])

    def lines_with(self, literal: str, where: frozenset[Zone]) -> Iterator[int]:
        """The indexes of the lines that hold a literal and stand in one of the zones.

        Quiet lines count only where the failed command wrote them.
        """
        return (
            index
            for index in self.hits.get(literal, ())
            if (zone := self.zones[index]) in where and (zone is not Zone.QUIET or index >= self.start)
        )

    def lines_with_any(self, literals: Sequence[str], where: frozenset[Zone]) -> Sequence[int]:
        """The indexes of the lines that hold one of the literals and stand in one of the zones, in order.

        Of very many only the first and the last: a hostile log must not cost more than an honest one.
        """
        found = sorted({index for literal in literals for index in self.lines_with(literal, where)})
        if len(found) <= 2 * _ENOUGH:
            return found
        return [*found[:_ENOUGH], *found[-_ENOUGH:]]

    def earlier(self) -> Sequence[str]:
        """The plain texts of the last lines before the command that failed."""
        return self.plain[max(0, self.start - _EARLIER) : self.start]

    def before(self, index: int, count: int) -> Sequence[str]:
        """The plain texts of the lines before one."""
        return self.plain[max(self.start, index - count) : index]

    def after(self, index: int, count: int) -> Sequence[str]:
        """The plain texts of the lines after one."""
        return self.plain[index + 1 : index + 1 + count]


def make_plain(trace: Trace) -> list[str]:
    """The texts for matching, one a line."""
    return plain_texts([line.text for line in trace.lines])
