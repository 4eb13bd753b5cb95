"""`poetry.lock` does not belong to this `pyproject.toml`.

What happened
-------------
`poetry.lock` keeps a hash of the dependencies in `pyproject.toml`. They were changed after the lock file was
written, so Poetry refuses to install from it (since 1.8), or solves again and fails (before that, and in 2.0 to
2.2).

What to do
----------
Run `poetry lock` (with Poetry 1.x: `poetry lock --no-update`, to keep the locked versions) with the Poetry that
the pipeline uses, and commit both files together.

References
----------
- Poetry, installing with `poetry.lock`: https://python-poetry.org/docs/basic-usage/#installing-with-poetrylock
- Poetry, lock: https://python-poetry.org/docs/cli/#lock

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT_OR_WARNING, Sign

DO = "Run `poetry lock` (Poetry 1.x: `poetry lock --no-update`) and commit `poetry.lock` with `pyproject.toml`."
_VERBOSE = 400  # lines that `-vvv` puts between the two

CAUSE = Cause(
    id="lock-out-of-date",
    signs=(
        Sign(
            literal="Your Pipfile.lock",
            pattern=r"Your Pipfile\.lock \([^)]*\) is out of date",
            message="`Pipfile.lock` does not fit `Pipfile`. Run `pipenv lock` and commit it.",
            kind="file",
            subject="Pipfile.lock",
        ),
        Sign(
            literal="changed significantly since poetry.lock was last generated",
            message="`pyproject.toml` was changed after `poetry.lock` was written. " + DO,
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="poetry.lock is not consistent with pyproject.toml",
            pattern=r"^Error: poetry\.lock is not consistent",
            message="`poetry.lock` does not fit `pyproject.toml`. " + DO,
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal=("poetry.lock is not consistent with pyproject.toml", "The lock file is not up to date"),
            pattern=r"^Warning: ",
            near=r"version solving failed",
            within=_VERBOSE,
            message="`poetry.lock` lacks a dependency that `pyproject.toml` has. " + DO,
            kind="file",
            subject="poetry.lock",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="version solving failed",
            near=r"^Installing dependencies from lock file",
            within=_VERBOSE,
            message="`poetry.lock` lacks a dependency that `pyproject.toml` has. " + DO,
            kind="file",
            subject="poetry.lock",
            unless="poetry-project-instance|poetry-instance",
            confidence=Confidence.MEDIUM,
        ),
        Sign(
            literal="needs to be updated",
            pattern=r"The lockfile at `uv\.lock` needs to be updated",
            message="`uv.lock` does not fit `pyproject.toml`. Run `uv lock` and commit it.",
            kind="file",
            subject="uv.lock",
        ),
    ),
    outranks=("solver-conflict", "no-matching-distribution"),
)
