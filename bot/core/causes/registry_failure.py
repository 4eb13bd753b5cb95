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

MAINTENANCE = ("ead-only mode", "emporarily disabled", "emporarily unavailable", "nder maintenance")

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
        Sign(
            literal=MAINTENANCE,
            pattern=(
                r"(?:HTTP ?Error|Client Error).*?"
                r"(?i:(?P<reason>read-only mode|temporarily (?:disabled|unavailable)|under maintenance))"
            ),
            message="The registry takes no uploads for the time being ({reason}). Run the job again later.",
            kind="host",
            subject="{repository} {reason}",
            above=PUBLISHING,
            of_package=True,
        ),
        Sign(
            literal="Server returned status code 5",
            pattern=r"Server returned status code (?P<code>5\d\d) (?P<reason>\w[\w ]*)",
            message="The registry failed with {code} {reason}. Run the job again.",
            kind="host",
            subject="{code}",
        ),
    ),
    outranks=("auth-failed", "network"),
    infrastructure=True,
)
