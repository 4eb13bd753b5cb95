"""A variable that the job needs is not set.

What happened
-------------
The script or the code reads an environment variable that this job does not have: it is not defined, it is
protected and the branch is not, it is limited to another environment, or the pipeline is one of a fork.

What to do
----------
Define it under Settings, CI/CD, Variables, or in `variables:` where it is no secret. Look at its flags:
protected variables exist on protected branches and tags only.

References
----------
- GitLab, CI/CD variables: https://docs.gitlab.com/ci/variables/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SCRIPT_OR_TEST, Sign

DEFINE = (
    "Define it in the CI/CD settings, and look at its flags: a protected one exists on protected branches only."
)
_NAME = r"(?P<name>[A-Z][A-Z0-9_]{2,})"

CAUSE = Cause(
    id="missing-ci-variable",
    signs=(
        Sign(
            literal="KeyError: '",
            pattern=rf"KeyError: '{_NAME}'",
            near=r"environ|<frozen os>|/os\.py",
            message="The variable `{name}` is not set in this job. " + DEFINE,
            kind="option",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("unbound variable", "parameter null or not set", "parameter not set"),
            pattern=rf"{_NAME}: (?:unbound variable|parameter (?:null or )?not set)",
            message="The variable `{name}` is not set in this job. " + DEFINE,
            kind="option",
            subject="{name}",
        ),
        Sign(
            literal="UndefinedValueError",
            pattern=rf"UndefinedValueError: {_NAME} not found",
            message="The variable `{name}` is not set in this job. " + DEFINE,
            kind="option",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("nvironment variable", "env var"),
            pattern=(
                rf"(?i:environment variable|env var)s? ['\"`]?{_NAME}['\"`]? (?i:is |was |must be |has "
                rf")?(?i:not |un|re)(?i:set|defined|found|quired|been set)"
            ),
            message="The variable `{name}` is not set in this job. " + DEFINE,
            kind="option",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="environment variable",
            pattern=rf"(?i:set the|missing|no|requires the|required) ['\"`]?{_NAME}['\"`]? environment variable",
            message="The variable `{name}` is not set in this job. " + DEFINE,
            kind="option",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="Field required",
            pattern=r"Field required \[type=missing",
            near=r"validation errors? for \w*(?:Settings|Config)\b",
            message=(
                "A setting without a default is not given by any variable of this job; the lines before name it. "
            )
            + DEFINE,
            where=SCRIPT_OR_TEST,
        ),
    ),
    outranks=("test-failure",),
)
