"""The tests passed, but cover less than the project asks for.

What happened
-------------
The measured coverage is under the limit (`--cov-fail-under`, `fail_under`).

What to do
----------
Test what is new; the report names the lines. Lower the limit only on purpose. Parallel or split test jobs must
combine their data before they measure.

References
----------
- coverage.py, `fail_under`: https://coverage.readthedocs.io/en/latest/config.html#report-fail-under

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import QUIET, SCRIPT_OR_WARNING, SUMMARY, Sign

CAUSE = Cause(
    id="coverage-too-low",
    signs=(
        Sign(
            literal="Required test coverage of",
            pattern=(
                r"FAIL Required test coverage of (?P<want>[\d.]+)% not reached\. Total coverage: "
                r"(?P<have>[\d.]+)%"
            ),
            message="The tests cover {have} % of the code, the project asks for {want} % (`--cov-fail-under`).",
            kind="option",
            subject="--cov-fail-under",
            where=SCRIPT_OR_WARNING | SUMMARY | QUIET,
        ),
        Sign(
            literal="Coverage failure",
            pattern=r"Coverage failure: total of (?P<have>[\d.]+) is less than fail-under=(?P<want>[\d.]+)",
            message="The tests cover {have} % of the code, the project asks for {want} % (`fail-under`).",
            kind="option",
            subject="fail-under",
            where=SCRIPT_OR_WARNING | SUMMARY | QUIET,
        ),
    ),
)
