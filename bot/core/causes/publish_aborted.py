"""Poetry stopped before the upload because `dist` already has files.

What happened
-------------
`poetry publish --build` asks whether to go on when `dist` has files. Without a terminal most versions take the
answer as no and print only "Aborted!"; Poetry 2.1 and later ask again and again until the job's time is over,
unless they are called with `--no-interaction`. The files come from a cache, from artifacts, or from a build in the
same job.

What to do
----------
Leave `--build` out where `dist` holds what is to be published; else remove `dist` before (`rm -rf dist`). Do not
cache `dist`. Poetry 2.3.3 and later only warn with `--no-interaction`.

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
        Sign(
            literal="files ready for publishing",
            pattern=r"files ready for publishing.* Build anyway\? .*Aborted",
            command=r"poetry (?:.* )?publish\b",
            message=(
                "`dist` already had files, so `poetry publish --build` asked whether to go on, again and again, "
                "with nobody to answer. Leave `--build` out, or remove `dist` before."
            ),
            kind="file",
            subject="dist",
        ),
    ),
    outranks=("time-out",),
)
