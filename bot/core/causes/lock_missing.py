"""There is no `poetry.lock` where the command needs one.

What happened
-------------
The command checks, shows or exports what is locked, and the repository has no `poetry.lock`: it was never
committed, or `.gitignore` names it, or the job runs in another folder.

What to do
----------
Run `poetry lock` and commit the file. Applications should always lock; a library may do without, and then must
not run `poetry check --lock`.

References
----------
- Poetry, commit your `poetry.lock`:
  https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control

"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT, Sign

_INCONSISTENT = "poetry.lock is not consistent with pyproject.toml"


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield what Poetry 1.5 calls an inconsistent lock where the project has none."""
    paths = context.snapshot.paths if context.snapshot else None
    if paths is None or "poetry.lock" in paths:
        return
    for index in context.log.lines_with(_INCONSISTENT, SCRIPT):
        yield Diagnosis(
            cause="lock-missing",
            confidence=Confidence.HIGH,
            message=(
                "The project has no `poetry.lock`, which this Poetry calls inconsistent. Create and commit it."
            ),
            evidence=(context.log.evidence(index),),
            subject=Subject("file", "poetry.lock"),
        )
        return


CAUSE = Cause(
    id="lock-missing",
    signs=(
        Sign(
            literal="poetry.lock",
            pattern=r"^Error: poetry\.lock (?:was )?not found",
            message="There is no `poetry.lock` here. Run `poetry lock` and commit the file.",
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="No lockfile found",
            pattern=r"No lockfile found",
            message="There is no lock file here. Create and commit it.",
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="poetry.lock",
            pattern=r"(?:cannot stat|failed to compute cache key|not found).*['\"/]poetry\.lock",
            message="There is no `poetry.lock` here. Run `poetry lock` and commit the file.",
            kind="file",
            subject="poetry.lock",
        ),
    ),
    diagnose=diagnose,
    literals=(_INCONSISTENT,),
    outranks=("file-missing", "lock-out-of-date"),
)
