"""`poetry.lock` was written by a newer Poetry than the job has.

What happened
-------------
The format of the lock file is newer than what the job's Poetry can read. Someone locks with a newer Poetry than
the pipeline installs.

What to do
----------
Install the Poetry in the job that writes the lock (its version stands in the first line of `poetry.lock`), and
pin it: `pip install "poetry==2.1.4"`. Or lock again with the pipeline's version.

References
----------
- Poetry, lock file versions: https://python-poetry.org/docs/cli/#lock

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="lock-format-incompatible",
    signs=(
        Sign(
            literal="lock file is not compatible with the current version of Poetry",
            message=(
                "`poetry.lock` was written by a newer Poetry than this job has. Install that version in the "
                "job; it stands in the first line of `poetry.lock`."
            ),
            kind="file",
            subject="poetry.lock",
        ),
        Sign(
            literal=("NonExistentKey", "does not exist."),
            pattern=r"Key \"(?:hashes|files|content-hash|lock-version|category|metadata)\" does not exist",
            message=(
                "`poetry.lock` was written by another Poetry than this job has. Install that version in the "
                "job; it stands in the first line of `poetry.lock`."
            ),
            kind="file",
            subject="poetry.lock",
            command=r"\bpoetry\b",
        ),
        Sign(
            literal="KeyError: 'category'",
            message="`poetry.lock` was written by a newer Poetry than this tool can read. Update the tool.",
            kind="file",
            subject="poetry.lock",
        ),
    ),
)
