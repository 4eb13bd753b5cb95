"""Who asks for which versions of a package, in the words of the solvers of Poetry, pip and uv."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NAME = r"[A-Za-z0-9][\w.-]{0,80}"
_EXTRAS = r"(?:\[[^\]]{0,60}\])?"
_OTHERS = r"(?:,[<>=!~][^\s,]{1,60}| and [<>=!~]\S{1,60})*"
_RANGE = r" \([^()]{1,120}\)|[<>=!~^][^\s,]{0,60}" + _OTHERS
_DEMAND = re.compile(
    rf"(?P<by>{_NAME}){_EXTRAS}(?:==[^\s,]{{1,60}}| \([^()]{{1,120}}\)| \d\S{{0,40}})? depends? on (?:both )?"
    rf"(?P<on1>{_NAME}){_EXTRAS}(?P<range1>{_RANGE})(?: and (?P<on2>{_NAME})(?P<range2>{_RANGE}))?"
)
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Demand:
    """``by`` asks for ``package`` in a ``range`` of versions."""

    by: str
    package: str
    range: str


def contested(lines: Sequence[str]) -> tuple[Demand, Demand] | None:
    """The first two that ask for different versions of one package, None where the words do not show them."""
    demands: dict[str, Demand] = {}
    for demand in _demands(" ".join(" ".join(lines).split())[:_LONGEST]):
        other = demands.setdefault(demand.package, demand)
        if other.by != demand.by and other.range != demand.range and "*" not in {other.range, demand.range}:
            return other, demand
    return None


def _demands(text: str) -> Iterator[Demand]:
    before = ""
    for match in _DEMAND.finditer(text):
        by = before if match["by"] == "which" else match["by"]
        for number in ("1", "2"):
            if match["on" + number]:
                yield Demand(by, match["on" + number], match["range" + number].strip(" ()"))
        before = match["on1"]
