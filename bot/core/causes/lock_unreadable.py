"""`poetry.lock` is no valid lock file.

What happened
-------------
The file is not TOML, or lacks its metadata: most often a merge left conflict marks (`<<<<<<<`) in it. Poetry 2
then only says "Invalid statement" without the file's name.

What to do
----------
Take one side of the file whole (`git checkout --theirs poetry.lock`), run `poetry lock` so that it fits the
merged `pyproject.toml`, and commit.

References
----------
- Poetry, resolving merge conflicts:
  https://python-poetry.org/docs/faq/#how-do-i-resolve-merge-conflicts-in-poetrylock

"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT, Sign

DO = "Look for conflict marks (`<<<<<<<`), take one side of `poetry.lock` whole, run `poetry lock` and commit it."

_CHANGED = "changed significantly since poetry.lock was last generated"


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield a lock file that Poetry 2 calls outdated because it cannot make out its metadata."""
    file = context.snapshot.files.get("poetry.lock") if context.snapshot else None
    if file is None or "\n[metadata]" in file.text:
        return
    for index in context.log.lines_with(_CHANGED, SCRIPT):
        yield Diagnosis(
            cause="lock-unreadable",
            confidence=Confidence.HIGH,
            message="`poetry.lock` has no `[metadata]`, which this Poetry calls outdated. " + DO,
            evidence=(context.log.evidence(index),),
            subject=Subject("file", "poetry.lock"),
        )
        return


CAUSE = Cause(
    id="lock-unreadable",
    signs=(
        Sign(
            literal="Unable to read the lock file",
            pattern=r"Unable to read the lock file \((?P<why>.+)\)",
            message="`poetry.lock` cannot be read: {why}. " + DO,
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="Failed to parse `uv.lock`",
            message="`uv.lock` cannot be read. Look for conflict marks (`<<<<<<<`), run `uv lock` and commit it.",
            kind="file",
            subject="uv.lock",
        ),
        Sign(
            literal="lock file does not have a metadata entry",
            message="`poetry.lock` has no metadata. Run `poetry lock` and commit it.",
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="Regenerate the lock file with the",
            pattern=r"^Regenerate the lock file with the `poetry lock` command",
            message="`poetry.lock` cannot be read by this Poetry. Run `poetry lock` and commit it.",
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal="Invalid statement (at line",
            pattern=r"^\s*Invalid statement \(at line \d+, column 1\)$",
            near=r"Installing dependencies from lock file|/poetry/packages/locker\.py",
            within=200,
            message="`poetry.lock` is not valid TOML. " + DO,
            kind="file",
            subject="poetry.lock",
        ),
    ),
    diagnose=diagnose,
    literals=(_CHANGED,),
    outranks=("invalid-pyproject", "lock-format-incompatible", "lock-out-of-date"),
)
