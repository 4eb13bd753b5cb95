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

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="solver-conflict",
    signs=(
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
        Sign(
            literal="version solving failed",
            pattern=(
                r"ecause \S+ depends on (?:both )?(?P<name>\S+) \((?P<version>[^)]*)\)(?: and "
                r"(?P<other>\S+))?.*version solving failed"
            ),
            message=(
                "The requirements contradict each other at `{name}`: see the evidence. Loosen the one that you "
                "own."
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
                "The installed packages contradict each other: `{name}` needs `{other}`. Loosen the one that "
                "you own."
            ),
            kind="package",
            subject="{name} {other}",
            command=r"pip3? check|pip check",
        ),
    ),
)
