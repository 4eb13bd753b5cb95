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

import re
from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.job_log import JobLog
from bot.core.sign import SCRIPT_OR_TEST, one_word

_MISSING = expression(r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<name>\w+)")
_PLACES = ("{name}/", "src/{name}/", "{name}.py", "src/{name}.py")
# Poetry names an environment after the project, and GitLab the folder of the sources.
_OWN_NAMES = (
    expression(r"Creating virtualenv (?P<name>[\w.-]+?)(?:-[\w-]{8}-py3\.\d+)? in /"),
    expression(r"/virtualenvs/(?P<name>[\w.-]+?)-[\w-]{8}-py3\.\d+"),
    expression(r"Installing the current project: (?P<name>[\w.-]+)"),
    expression(r"Git repository in /builds/\S+/(?P<name>[\w.-]+)/\.git/"),
)
_NAMING = ("Creating virtualenv ", "/virtualenvs/", "Installing the current project", "Git repository in /builds/")
_MOST_NAMING = 20


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield the first import that fails though the module is the project's own."""
    for index in context.log.lines_with("No module named", SCRIPT_OR_TEST):
        groups = _MISSING.groups(context.log.plain[index])
        if groups and _is_own(groups["name"], context):
            name = one_word(groups["name"])
            yield Diagnosis(
                cause="project-not-installed",
                confidence=Confidence.HIGH,
                message=f"The project's own package `{name}` is not installed in the environment that ran. "
                + _what_to_do(context),
                evidence=(context.log.evidence(index),),
                subject=Subject("package", name),
            )
            return


def _what_to_do(context: TraceContext) -> str:
    if any("poetry" in command.text for command in context.trace.commands):
        return "Leave `--no-root` out, or run `poetry install --only-root` before."
    return "Install it (`pip install -e .`), or put the folder that holds it on `PYTHONPATH`."


def _is_own(name: str, context: TraceContext) -> bool:
    if context.snapshot:
        places = tuple(place.format(name=name) for place in _PLACES)
        return any(path.startswith(places) for path in context.snapshot.paths or ())
    return name.lower() in _names(context.log)


def _names(log: JobLog) -> set[str]:
    """The project's names as its environment and its folder tell them."""
    lines = [log.plain[index] for word in _NAMING for index in list(log.hits.get(word, ()))[:_MOST_NAMING]]
    found = (groups for line in lines for own in _OWN_NAMES if (groups := own.groups(line)))
    return {re.sub(r"[-.]+", "_", groups["name"]).lower() for groups in found}


CAUSE = Cause(
    id="project-not-installed",
    diagnose=diagnose,
    literals=("No module named", *_NAMING),
    outranks=("python-package-missing", "test-failure"),
)
