"""The job took longer than it may.

What happened
-------------
The job's or the project's time limit ended it. It hangs (a prompt, a service that never answers, a test that
waits), or it became slower: a cold cache, builds from source.

What to do
----------
Look at the last lines for what it was doing. Commands that may ask need `--no-interaction`; tests need
time-outs of their own (`pytest-timeout`). Raise `timeout:` of the job where it honestly needs longer.

References
----------
- GitLab, job time-out: https://docs.gitlab.com/ci/yaml/#timeout

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="time-out",
    signs=(
        Sign(
            literal="execution took longer than",
            pattern=r"execution took longer than (?P<limit>\S+)",
            message="The job took longer than its limit of {limit}. Look at its last lines for what it was doing.",
            kind="command",
            subject="{running}",
            where=ANYWHERE,
        ),
        Sign(
            literal="job execution timeout",
            message="The job took longer than its limit. Look at its last lines for what it was doing.",
            kind="command",
            subject="{running}",
            where=ANYWHERE,
        ),
        Sign(
            literal=("exit code 124", "Exceeded the maximum execution time"),
            message="A command took longer than the limit that the script gives it.",
            kind="command",
            subject="{running}",
            where=ANYWHERE,
            confidence=Confidence.MEDIUM,
        ),
    ),
    outranks=("runner-failure", "network", "test-failure", "git-failure", "image-pull"),
)
