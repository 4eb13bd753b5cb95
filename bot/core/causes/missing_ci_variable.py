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

from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.causes._shell_words import SHELL
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.expression import expression
from bot.core.finding import Confidence
from bot.core.sign import SCRIPT, SCRIPT_OR_TEST, Sign, one_word

DEFINE = (
    "Define it in the CI/CD settings, and look at its flags: a protected one exists on protected branches only."
)
_NAME = r"(?P<name>[A-Z][A-Z0-9_]{2,})"

_SETTINGS = r"validation errors? for \w*(?:Settings|Config)\b|pydantic_settings/"
_NO_VALUE = expression(
    r"expected (?:one|at least one) argument|the following arguments are required|requires a value"
    r"|requires an argument|flag needs an argument|Missing argument"
)
_MISSES_ONE = (" argument", "requires a value")
_USED = expression(r"\$\{?(?P<name>[A-Z][A-Z0-9_]{2,})\}?(?:\s|$)")


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield a variable that stands bare in a command which misses an argument: an empty one vanishes there."""
    command = context.log.command
    used = _USED.groups(command.text) if command else None
    if not used:
        return
    indexes = context.log.lines_with_any(_MISSES_ONE, SCRIPT)
    index = next((index for index in indexes if _NO_VALUE.matches(context.log.plain[index])), None)
    if index is not None:
        name = one_word(used["name"])
        yield Diagnosis(
            cause="missing-ci-variable",
            confidence=Confidence.MEDIUM,
            message=f"The command misses an argument, as it does where `{name}` is empty or not set. {DEFINE}",
            evidence=(context.log.evidence(index),),
            subject=Subject("option", name),
        )


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
            literal=("not set", "required", "must be", "missing", "undefined", "empty"),
            pattern=rf"{SHELL}{_NAME}: .*(?:not set|required|must be|missing|undefined|empty)",
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
            near=_SETTINGS,
            above=r"^(?:E +)?(?P<name>\w+)$",
            needs_above=True,
            message="No variable of this job gives the setting `{name}`, which has no default. " + DEFINE,
            kind="option",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="Field required",
            pattern=r"Field required \[type=missing",
            near=_SETTINGS,
            message=(
                "A setting without a default is not given by any variable of this job; the lines before name it. "
            )
            + DEFINE,
            where=SCRIPT_OR_TEST,
        ),
    ),
    diagnose=diagnose,
    literals=_MISSES_ONE,
    outranks=("test-failure", "removed-poetry-option", "poetry-too-old", "nothing-to-publish"),
)
