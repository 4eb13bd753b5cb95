"""The job's Poetry needs a newer Python, or no longer fits the project.

What happened
-------------
`pip install poetry` without a version takes the newest Poetry. It may not run on the image's Python, or read
the project differently than the version that its authors use.

What to do
----------
Pin the version in the job: `pip install "poetry==1.8.5"`, or better, move the project to the current Poetry.

References
----------
- Poetry, installation in CI: https://python-poetry.org/docs/#ci-recommendations

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="poetry-too-new",
    signs=(
        Sign(
            literal=("poetry' requires", "poetry requires", "requires a different Python"),
            pattern=(
                r"ERROR: (?:Package '?poetry'?|poetry \S+) requires a different Python|poetry\S* requires "
                r"Python '?(?P<want>[^']+)'? but"
            ),
            message=(
                "The newest Poetry does not run on this image's Python. Pin an older Poetry, or use a newer image."
            ),
            kind="package",
            subject="poetry",
        ),
        Sign(
            literal="Poetry installation failed",
            near=r"Python 3\.[0-9] is not supported|requires Python",
            message=(
                "The newest Poetry does not run on this image's Python. Pin an older Poetry, or use a newer image."
            ),
            kind="package",
            subject="poetry",
        ),
    ),
    outranks=("python-version-not-allowed", "no-matching-distribution"),
)
