"""The package registry answered with an error of its own.

What happened
-------------
The upload or download reached the registry, and it failed inside (5xx).

What to do
----------
Run the job again. Where it comes back, look at the registry's status or tell its administrators; files that
were taken before the error are there already, so publish with `--skip-existing`.

References
----------
- Poetry, publish: https://python-poetry.org/docs/cli/#publish

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import PUBLISHING, Sign

CAUSE = Cause(
    id="registry-failure",
    signs=(
        Sign(
            literal="HTTP Error 5",
            pattern=r"HTTP Error (?P<code>500|501|503|507|508|52\d): (?P<reason>[^|]*)",
            message="The registry failed with {code} {reason}. Run the job again.",
            kind="host",
            subject="{repository} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="HTTPError: 5",
            pattern=r"HTTPError: (?P<code>500|501|503|507|508|52\d) (?P<reason>[A-Za-z ]+?) from",
            message="The registry failed with {code} {reason}. Run the job again.",
            kind="host",
            subject="{repository} {code}",
            above=PUBLISHING,
            of_package=True,
        ),
    ),
    infrastructure=True,
)
