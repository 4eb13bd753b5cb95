"""`pyproject.toml` is not valid.

What happened
-------------
The file is not TOML, or a value in it is missing, unknown or of the wrong form for the Poetry or build backend
that reads it.

What to do
----------
Run `poetry check` on your machine with the pipeline's version; it names each fault. A version must follow PEP
440 (`1.2.3`, `1.2.3rc1`).

References
----------
- Poetry, the pyproject.toml file: https://python-poetry.org/docs/pyproject/
- Python packaging, version specifiers:
  https://packaging.python.org/en/latest/specifications/version-specifiers/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SCRIPT_OR_WARNING, Sign

TOML = (
    r"^\s*(?P<why>(?:Invalid statement|Cannot (?:overwrite|declare|mutate)|Expected|Unclosed|Illegal "
    r"character|Invalid (?:value|escape|initial character|date|hex)|Control characters|Key \"|Unexpected "
    r"(?:character|end)|Empty (?:key|table)).*\(?at (?:line \d+|end of).*)$"
)

CAUSE = Cause(
    id="invalid-pyproject",
    signs=(
        Sign(
            literal="is not a valid TOML file",
            pattern=r"(?P<path>[^\s/]+\.toml) is not a valid TOML file",
            message="`{path}` is not valid TOML; the next line says where.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="Invalid TOML file",
            pattern=r"Invalid TOML file (?:\S*/)?(?P<path>[^\s/:]+): (?P<why>.+)",
            message="`{path}` is not valid TOML: {why}.",
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="must not contain {",
            pattern=r"- (?P<table>[\w.-]+)(?:\[\d+\])? must not contain \{'(?P<key>[^']+)'",
            near="The Poetry configuration is invalid",
            message=(
                "Poetry does not know `{key}` in `{table}` of `pyproject.toml`. Correct or remove it; "
                "`poetry check` shows the same on your machine."
            ),
            kind="option",
            subject="{table}.{key}",
        ),
        Sign(
            literal=("- [", "- data.", "- project.", "- tool.", "is a required property", " was unexpected"),
            pattern=(
                r"^\s*- (?:\[(?P<key>[\w.-]+)\]|(?P<path>(?:data|project|tool)\.[\w.\[\]-]+)) (?P<why>.+)"
                r"|^\s*- '(?P<field>[\w-]+)' (?P<why2>is a required property)"
                r"|^\s*- (?P<why3>Additional properties are not allowed) \('(?P<field2>[\w-]+)'"
            ),
            near="The Poetry configuration is invalid",
            message=(
                "Poetry does not accept `pyproject.toml`, `{key}{path}{field}{field2}`: {why}{why2}{why3}. "
                "`poetry check` shows the same on your machine."
            ),
            kind="option",
            subject="pyproject.toml {key}{path}{field}{field2}",
        ),
        Sign(
            literal=("- Either [", "- Declared ", "- Invalid ", "- Unrecognized ", "- Unknown "),
            pattern=r"^\s+- (?P<why>\S.*)",
            near="The Poetry configuration is invalid",
            message=(
                "Poetry does not accept `pyproject.toml`: {why}. `poetry check` shows the same on your machine."
            ),
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="The Poetry configuration is invalid",
            message=(
                "Poetry does not accept `pyproject.toml`; the lines below name each fault. `poetry check` shows "
                "the same on your machine."
            ),
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="Invalid PEP 440 version",
            pattern=r"Invalid PEP 440 version: '(?P<version>[^']+)'",
            message="`{version}` is no valid version. Write it like `1.2.3` or `1.2.3rc1`.",
            kind="version",
            subject="version {version}",
        ),
        Sign(
            literal="Invalid version '",
            pattern=r"Invalid version '(?P<version>[^']+)' on package",
            message="`{version}` is no valid version. Write it like `1.2.3` or `1.2.3rc1`.",
            kind="version",
            subject="version {version}",
        ),
        Sign(
            literal="pyproject.toml: ",
            pattern=r"^ERROR: \S*pyproject\.toml: (?P<why>.+ \(at (?:line|end).*)",
            message="`pyproject.toml` is not valid TOML: {why}.",
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="TOMLDecodeError",
            pattern=r"TOMLDecodeError: (?P<why>.+)",
            message="A TOML file cannot be read, most likely `pyproject.toml`: {why}.",
            kind="file",
            subject="pyproject.toml",
            command=r"\b(?:poetry|pip3?|uv|pdm|hatch|flit|build)\b",
            built=False,
        ),
        Sign(
            literal="InvalidVersion",
            pattern=r"InvalidVersion: (?:Invalid version: )?'(?P<version>[^']+)'",
            built=False,
            message="`{version}` is no valid version. Write it like `1.2.3` or `1.2.3rc1`.",
            kind="version",
            subject="version {version}",
        ),
        Sign(
            literal="at line",
            pattern=TOML,
            message=(
                "A TOML file cannot be read: {why}. In a job of Poetry that is `pyproject.toml`, or "
                "`poetry.lock` with conflict marks."
            ),
            kind="file",
            subject="pyproject.toml TOML syntax",
            command=r"\b(?:poetry|pip|uv|python)\b",
        ),
        Sign(
            literal="already exists.",
            pattern=r'^\s*Key "(?P<key>[^"]+)" already exists\.',
            message="`pyproject.toml` has the key `{key}` twice, or its tables are interrupted by another one.",
            near=r"KeyAlreadyPresent",
            kind="option",
            subject="{key}",
        ),
        Sign(
            literal=("invalid pyproject.toml config", "configuration error: `project"),
            pattern=r"(?:invalid pyproject\.toml config: |configuration error: )(?P<why>.+)",
            message="The build backend does not accept `pyproject.toml`: {why}.",
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="Could not parse version constraint",
            pattern=r"Could not parse version constraint: (?P<why>.+)",
            message="`{why}` is no valid version constraint in `pyproject.toml`.",
            kind="version",
            subject="{why}",
        ),
        Sign(
            literal="Error: ",
            pattern=(
                r"^Error: (?P<why>(?:Unrecognized|Declared|Invalid|Either|\[|project\.|tool\.|The "
                r"version|Duplicate|Unknown).*)"
            ),
            command=r"poetry (?:.* )?check\b",
            message="`poetry check` refuses `pyproject.toml`: {why}.",
            kind="file",
            subject="pyproject.toml",
            unless="poetry.lock",
        ),
        Sign(
            literal="Warning: [",
            command=r"poetry (?:.* )?check\b.*--strict",
            message="`poetry check --strict` counts warnings as errors. Solve them, or leave `--strict` out.",
            kind="file",
            subject="pyproject.toml",
            where=SCRIPT_OR_WARNING,
        ),
        Sign(
            literal="Failed to parse",
            pattern=r"Failed to parse:? `?(?P<path>\S*pyproject\.toml)`?",
            message="`{path}` cannot be read; the lines below say where.",
            kind="file",
            subject="pyproject.toml",
        ),
        Sign(
            literal="error: TOML parse error",
            pattern=r"TOML parse error at line (?P<line>\d+)",
            message="A TOML file cannot be read at line {line}.",
            kind="file",
            subject="pyproject.toml",
        ),
    ),
)
