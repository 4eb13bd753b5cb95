"""pytest found no test to run.

What happened
-------------
No file or function matches what pytest looks for, or the selection (`-k`, `-m`, a path) leaves none. pytest
ends with exit code 5, which fails the job.

What to do
----------
Check the path and the selection, and that files are named `test_*.py`. Where no tests are fine (an empty
marker), accept code 5: `pytest -m slow || [ $? -eq 5 ]`.

References
----------
- pytest, exit codes: https://docs.pytest.org/en/stable/reference/exit-codes.html
- pytest, test discovery: https://docs.pytest.org/en/stable/explanation/goodpractices.html#test-discovery

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CAUSE = Cause(
    id="no-tests-collected",
    signs=(
        Sign(
            literal="no tests ran in",
            unless_near=r"^INTERNALERROR>",
            message=(
                "pytest found no tests, which counts as a failure (exit code 5). Check the path, `-k`, `-m`, "
                "and the files' names."
            ),
            kind="test",
            subject="exit code 5",
        ),
        Sign(
            literal="deselected in",
            pattern=r"^(?:=+ )?\d+ deselected(?:, \d+ warnings?)? in",
            message="All tests were deselected, which counts as a failure (exit code 5). Check `-k` and `-m`.",
            kind="test",
            subject="exit code 5",
        ),
        Sign(
            literal="NO TESTS RAN",
            message="unittest found no tests, which counts as a failure. Check the path and the files' names.",
            kind="test",
            subject="exit code 5",
        ),
        Sign(
            literal="Ran 0 tests in",
            unless_near=r"^FAILED \((?:failures|errors)",
            message="No tests were found. Check the path and the files' names.",
            kind="test",
            subject="Ran 0 tests",
        ),
    ),
)
