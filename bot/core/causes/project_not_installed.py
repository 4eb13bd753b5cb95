"""The project's own package cannot be imported: it is not installed.

What happened
-------------
The code or the tests import the project itself, and the job installed only its dependencies (`poetry install
--no-root`). With a `src` folder Python does not find the package by itself.

What to do
----------
Install the project too: `poetry install` without `--no-root`, or a second `poetry install --only-root` after
the sources are there. Or let pytest find it: `pythonpath = ["src"]` under `[tool.pytest.ini_options]`.

References
----------
- Poetry, `--no-root` and `--only-root`: https://python-poetry.org/docs/cli/#install
- pytest, `pythonpath`: https://docs.pytest.org/en/stable/reference/reference.html#confval-pythonpath

"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT_OR_TEST, one_word
from bot.core.snapshot import Snapshot

_MISSING = expression(r"ModuleNotFoundError: No module named '(?P<name>\w+)")
_PLACES = ("{name}/", "src/{name}/", "{name}.py", "src/{name}.py")


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield the first import that fails though the snapshot has the module."""
    for index in context.log.lines_with("No module named '", SCRIPT_OR_TEST):
        groups = _MISSING.groups(context.log.plain[index])
        if groups and context.snapshot and _is_own(groups["name"], context.snapshot):
            name = one_word(groups["name"])
            yield Diagnosis(
                cause="project-not-installed",
                confidence=Confidence.HIGH,
                message=(
                    f"The project's own package `{name}` is not installed in the environment that ran. Leave "
                    f"`--no-root` out, or run `poetry install --only-root` before."
                ),
                evidence=(context.log.evidence(index),),
                subject=Subject("package", name),
            )
            return


def _is_own(name: str, snapshot: Snapshot) -> bool:
    places = tuple(place.format(name=name) for place in _PLACES)
    return any(path.startswith(places) for path in snapshot.paths or ())


CAUSE = Cause(
    id="project-not-installed",
    diagnose=diagnose,
    literals=("No module named '",),
    outranks=("python-package-missing", "test-failure"),
)
