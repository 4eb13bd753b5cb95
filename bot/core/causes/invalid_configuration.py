"""A setting of Poetry, pip, pytest or ruff is unknown or has a value that it does not take.

What happened
-------------
The job sets an option that this version does not know, or with a wrong value. Before Poetry 2.1 only `true` and
`1` are true: `"True"` in `variables` turns an option off without a word, and a `.venv` that the job relies on
is never made.

What to do
----------
Compare the setting with the documentation of the version in the job. Write booleans as `"true"`.

References
----------
- Poetry, configuration: https://python-poetry.org/docs/configuration/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import Sign

CAUSE = Cause(
    id="invalid-configuration",
    signs=(
        Sign(
            literal="does not exist",
            pattern=r"^\s*Setting (?P<key>\S+) does not exist",
            message="This Poetry has no setting `{key}`. Check its documentation for the version in the job.",
            kind="option",
            subject="{key}",
        ),
        Sign(
            literal="value for",
            pattern=r'"(?P<value>[^"]*)" is an invalid value for (?P<key>\S+)',
            message="`{value}` is no value for the setting `{key}`.",
            kind="option",
            subject="{key}",
        ),
        Sign(
            literal=("Failed to parse ", "Failed to load configuration"),
            pattern=r"Cause: Failed to parse `?(?:/builds/[^/`]+/[^/`]+/)?(?P<path>[^`\s]*ruff\.toml)",
            message="ruff does not accept its settings in `{path}`; the lines below say which.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="ERROR: Unknown config option: ",
            pattern=r"^ERROR: Unknown config option: (?P<key>\S+)",
            message="pytest has no setting `{key}`, which `--strict-config` makes an error. Check its spelling.",
            kind="option",
            subject="{key}",
        ),
        Sign(
            literal=("'.venv'", ".venv: No such", "No such file or directory"),
            pattern=(
                r"cannot access '?\.venv'?: No such file|\.venv/bin/\S+: No such file or directory|\.venv: No "
                r"such file"
            ),
            message=(
                "There is no `.venv`: the environment is not made in the project. Set "
                '`POETRY_VIRTUALENVS_IN_PROJECT: "true"` (before Poetry 2.1 `"True"` counts as false).'
            ),
            kind="option",
            subject="virtualenvs.in-project",
            ran="poetry",
            confidence=Confidence.MEDIUM,
        ),
    ),
    outranks=("file-missing", "removed-poetry-option", "no-tests-collected"),
)
