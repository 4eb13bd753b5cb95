"""The CI configuration is not valid.

What happened
-------------
GitLab, or a command that asks it, does not accept the CI file that the job made or checks: unknown keys, a
stage that does not exist, a job without a script, broken YAML.

What to do
----------
The evidence has GitLab's message. Check the file in the pipeline editor, or with `scansion check`.

References
----------
- GitLab, CI/CD YAML syntax: https://docs.gitlab.com/ci/yaml/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, Sign

CAUSE = Cause(
    id="invalid-ci-file",
    signs=(
        Sign(
            literal="config contains unknown keys",
            pattern=r"jobs:(?P<job>\S+) config contains unknown keys: (?P<why>.+)",
            message="The job `{job}` of the CI file has keys that GitLab does not know: {why}.",
            kind="file",
            subject=".gitlab-ci.yml",
            where=ANYWHERE,
        ),
        Sign(
            literal=(
                "CI configuration is invalid",
                "chosen stage does not exist",
                "config should implement",
                "Invalid configuration format",
            ),
            pattern=(
                r"(?P<why>[^\"]*(?:CI configuration is invalid|chosen stage does not exist|config should "
                r"implement|Invalid configuration format)[^\"]*)"
            ),
            message="GitLab does not accept the CI file: {why}.",
            kind="file",
            subject=".gitlab-ci.yml",
            where=ANYWHERE,
        ),
    ),
)
