"""Someone or something cancelled the job.

What happened
-------------
The job was cancelled in the interface or by the API, by a newer pipeline of the same branch (`interruptible`,
auto-cancel), or with its runner. It did not fail by itself.

What to do
----------
Nothing, where a newer pipeline took over. Otherwise run the job again.

References
----------
- GitLab, `interruptible`: https://docs.gitlab.com/ci/yaml/#interruptible

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="job-cancelled",
    signs=(
        Sign(
            literal=(
                "Job failed: canceled",
                "(system failure): context canceled",
                "script canceled externally",
                "Job was canceled",
                "Job failed: aborted: interrupt",
            ),
            message="The job was cancelled; it did not fail by itself.",
            where=ANYWHERE,
        ),
    ),
    outranks=("runner-failure", "test-failure", "time-out"),
    infrastructure=True,
)
