"""The restored virtual environment belongs to another Python or place.

What happened
-------------
A cached `.venv` was made with another Python than the job's image has now, or at another path. Its interpreter
is gone, or is one that the project does not allow.

What to do
----------
Put the Python version (or the image) into the cache key, or cache Poetry's package cache instead of `.venv`.
Clearing the runner caches helps once.

References
----------
- GitLab, cache keys: https://docs.gitlab.com/ci/caching/#cache-key-names
- Poetry, managing environments: https://python-poetry.org/docs/managing-environments/

"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT, Sign, one_word

DO = "Put the Python version into the cache key, and clear the runner caches once."

_RESTORED = "Successfully extracted cache"
_NOT_ALLOWED = "is not allowed by the project"
_PYTHONS = expression(r"Python version \((?P<have>[^)]+)\) is not allowed by the project \((?P<want>[^)]+)\)")


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield an environment with a Python that the project does not allow, where the job restored a cache."""
    if not context.log.hits.get(_RESTORED):
        return
    for index in context.log.lines_with(_NOT_ALLOWED, SCRIPT):
        groups = _PYTHONS.groups(context.log.plain[index])
        if groups:
            yield Diagnosis(
                cause="cache-stale-environment",
                confidence=Confidence.HIGH,
                message=f"The restored environment has Python {one_word(groups['have'])}, the project allows "
                f"`{one_word(groups['want'])}`. {DO}",
                evidence=(context.log.evidence(index),),
                subject=Subject("file", ".venv"),
            )
            return


CAUSE = Cause(
    id="cache-stale-environment",
    signs=(
        Sign(
            literal="bad interpreter",
            pattern=r"(?P<path>\S*\.venv/\S+): .*bad interpreter",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="required file not found",
            pattern=r"(?P<path>\S*\.venv/\S+): cannot execute: required file not found",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="seems to be broken",
            pattern=r"The virtual environment found in (?:/builds/[^/]+/[^/]+/)?(?P<path>\S+) seems to be broken",
            near=r"No module named|[Cc]ommand not found|No such file",
            within=40,
            message=(
                "The environment `{path}` is of another image: its Python is gone, so Poetry made a new and empty "
                "one. Install in this job too. "
            )
            + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal=".venv/bin/python",
            pattern=r"No such file or directory: '?(?P<path>\S*\.venv/bin/python[\d.]*)",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
    ),
    diagnose=diagnose,
    literals=(_RESTORED, _NOT_ALLOWED),
    outranks=(
        *("python-version-not-allowed", "poetry-broken", "file-missing", "invalid-configuration"),
        *("python-package-missing", "command-outside-environment"),
    ),
)
