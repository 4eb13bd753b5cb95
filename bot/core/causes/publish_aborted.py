"""Poetry stopped before the upload because `dist` already has files.

What happened
-------------
`poetry publish --build` asks whether to go on when `dist` has files, and without a terminal takes the answer as
no: it prints only "Aborted!". The files come from a cache, from artifacts, or from a build in the same job.

What to do
----------
Remove `dist` before (`rm -rf dist`), or build and publish in two steps. Do not cache `dist`. Poetry 2.3.3 and
later only warn.

References
----------
- Poetry, publish: https://python-poetry.org/docs/cli/#publish

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="publish-aborted",
    signs=(
        Sign(
            literal="Aborted!",
            pattern=r"^Aborted!$",
            command=r"poetry (?:.* )?publish\b",
            message=(
                "`dist` already had files, so `poetry publish --build` gave up. Remove `dist` before, and do "
                "not cache it."
            ),
            kind="file",
            subject="dist",
        ),
    ),
)
