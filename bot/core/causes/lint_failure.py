"""A linter, formatter or type checker has findings.

What happened
-------------
The job checks style, types or security, and the tool reported something. That is its purpose; the pipeline
works.

What to do
----------
Run the same command on your machine. Formatters (`black .`, `ruff format`, `isort .`) and `ruff check --fix`
solve most of it by themselves. Pin the tools: a new release has new rules.

References
----------
- Ruff: https://docs.astral.sh/ruff/
- mypy: https://mypy.readthedocs.io/

"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.cause import Cause, TraceContext
from bot.core.causes._checkers import CHECKERS
from bot.core.diagnosis import Diagnosis, Subject
from bot.core.finding import Confidence
from bot.core.job_log import Zone
from bot.core.sign import SCRIPT_OR_WARNING, Sign, diagnose_by_signs

LINTERS = (
    r"\b(?:flake8|ruff|pycodestyle|pyflakes|pylint|pydocstyle|prospector|mypy|check|style|quality|pre-commit"
    r"|deptry|tox|nox|make|poe|just|task|inv|hatch)\b|lint|\.sh"
)
RUN = "Run the same command on your machine."

_SIGNS = (
    Sign(
        literal=("error: cannot format", "error: cannot parse"),
        pattern=r"^error: cannot (?:format|parse):? (?P<path>[^:]+): ?(?P<why>.*)",
        message="The formatter cannot read `{path}`: {why}.",
        kind="file",
        subject="black {path}",
    ),
    Sign(
        literal="would reformat",
        pattern=r"^would reformat (?P<path>\S+)",
        message="`{path}` is not formatted. Run `black` and commit.",
        kind="file",
        subject="black {path}",
    ),
    Sign(
        literal="Would reformat",
        pattern=r"^Would reformat:? (?P<path>\S+)",
        message="`{path}` is not formatted. Run `ruff format` and commit.",
        kind="file",
        subject="ruff format {path}",
    ),
    Sign(
        literal="incorrectly sorted",
        pattern=r"ERROR: (?P<path>\S+) Imports are incorrectly sorted",
        message="The imports of `{path}` are not sorted. Run `isort` and commit.",
        kind="file",
        subject="isort {path}",
    ),
    Sign(
        literal=": error: ",
        pattern=r"^(?P<path>\S+\.pyi?):(?P<line>\d+)(?::\d+)?: error: (?P<why>.+?)(?:  \[[a-z-]+\])?$",
        command=LINTERS,
        message="mypy has a finding in `{path}`, line {line}: {why}. " + RUN,
        kind="file",
        subject="mypy {path}",
    ),
    Sign(
        literal="Found ",
        pattern=r"^\s*Found (?P<count>\d+) errors? in (?:\d+ files?)",
        message="mypy has findings ({count}). " + RUN,
        kind="command",
        subject="mypy",
    ),
    Sign(
        literal="Found ",
        pattern=r"^Found (?P<count>\d+) errors?\.",
        above=r"^(?:(?P<path>[^\s:]+:\d+):\d+: )?(?P<code>[A-Z]{1,4}\d{3,4}) (?:\[\*\] )?(?P<why>.+)",
        needs_above=True,
        message="ruff has findings ({count}), the last is {code}: {why}. " + RUN,
        kind="command",
        subject="ruff {code}",
    ),
    Sign(
        literal="Found ",
        pattern=r"^Found (?P<count>\d+) errors?\.",
        message="ruff has findings ({count}). " + RUN,
        kind="command",
        subject="ruff",
    ),
    Sign(
        literal="hook id: ",
        pattern=r"^- hook id: (?P<name>\S+)",
        message="The hook `{name}` of pre-commit failed. Run `pre-commit run --all-files` and commit.",
        kind="command",
        subject="pre-commit {name}",
        near=r"\.Failed$|exit code: \d",
    ),
    Sign(
        literal="Your code has been rated at",
        message="pylint has findings. " + RUN,
        kind="command",
        subject="pylint",
    ),
    Sign(
        literal=": DEP00",
        pattern=r"^(?P<path>[^\s:]+)(?::\d+)*: (?P<code>DEP\d{3}) (?P<why>.+)",
        message="`{path}`: {why} ({code}). Correct the dependencies in `pyproject.toml`.",
        kind="command",
        subject="deptry {code}",
    ),
    Sign(
        literal=(".py:", ".pyi:"),
        command=LINTERS,
        pattern=r"^(?:\./)?(?P<path>\S+\.pyi?):\d+(?::\d+)?:? \[?(?P<code>(?:[A-Z]{1,4}\d{2,4}))\b",
        message="`{path}` has a finding ({code}). " + RUN,
        kind="file",
        subject="flake8 {code}",
    ),
    Sign(
        literal=(" error, ", " errors, "),
        pattern=r"^(?P<count>[1-9]\d*) errors?, \d+ warnings?",
        message="The type checker found {count} errors. " + RUN,
        kind="command",
        subject="pyright",
    ),
    Sign(
        literal=("Warning, treated as error", "(with warnings treated as errors)"),
        message="Sphinx found faults in the documentation, and warnings count as errors here. " + RUN,
        kind="command",
        subject="sphinx",
        where=SCRIPT_OR_WARNING,
    ),
    Sign(
        literal="in strict mode!",
        pattern=r"Aborted with \d+ warnings? in strict mode!",
        message="MkDocs found faults in the documentation, and `--strict` counts warnings as errors. " + RUN,
        kind="command",
        subject="mkdocs",
    ),
    Sign(
        literal=">> Issue: [",
        pattern=r">> Issue: \[(?P<code>B\d+)",
        message="bandit has a finding ({code}). " + RUN,
        kind="command",
        subject="bandit",
    ),
    Sign(
        literal="known security vulnerabilit",
        message="A dependency has a known vulnerability. Update it.",
        kind="command",
        subject="safety",
    ),
    Sign(
        literal="known vulnerabilit",
        pattern=r"Found (?P<count>\d+) known vulnerabilit",
        message="{count} known vulnerabilities are in the dependencies. Update them.",
        kind="command",
        subject="pip-audit",
    ),
    Sign(
        literal=" ==> ",
        pattern=r"^(?P<path>\S+):\d+: (?P<word>\S+) ==> ",
        message="codespell finds `{word}` in `{path}`.",
        kind="command",
        subject="codespell",
    ),
    Sign(
        literal=" error ",
        pattern=r"^\s+\d+:\d+\s+error\s+",
        message="yamllint has findings. " + RUN,
        kind="command",
        subject="yamllint",
        command=r"yamllint|ansible-lint|lint",
    ),
    Sign(
        literal=" at module level:",
        pattern=r"^(?P<path>\S+\.py):\d+ (?:at module level|in \w+ )",
        message="pydocstyle has a finding in `{path}`. " + RUN,
        kind="file",
        subject="pydocstyle {path}",
    ),
    Sign(
        literal="already formatted",
        pattern=r"^\d+ files? would be reformatted, \d+ files? already formatted",
        message="Files are not formatted. Run `ruff format` and commit.",
        kind="command",
        subject="ruff format",
    ),
    Sign(
        literal="warnings treated as errors",
        pattern=r"build (?:finished with problems|succeeded).*warnings treated as errors",
        above=r"(?P<path>[^\s:]+(?::\d+)?): (?:WARNING|ERROR): (?P<why>.+)",
        message="Sphinx warns, and `-W` makes that an error. The last one, in `{path}`: {why}.",
        kind="command",
        subject="sphinx",
    ),
    Sign(
        literal="System check identified some issues",
        pattern=r"SystemCheckError: System check identified some issues",
        message="Django's checks find issues; the lines below name them. " + RUN,
        kind="command",
        subject="manage.py",
    ),
    Sign(
        literal="Migrations for '",
        pattern=r"^Migrations for '(?P<name>[^']+)'",
        command=r"makemigrations\b.*--check",
        message="The models of `{name}` changed without a migration. Run `makemigrations` and commit.",
        kind="command",
        subject="makemigrations {name}",
    ),
    Sign(
        literal="RESULT: FAILED (minimum",
        pattern=r"RESULT: FAILED \(minimum: (?P<want>[\d.]+)%, actual: (?P<have>[\d.]+)%\)",
        message="Docstrings stand at {have} % of the code, the project asks for {want} %.",
        kind="command",
        subject="interrogate",
    ),
    Sign(
        literal=" BROKEN",
        pattern=r"^(?P<name>\S.*) BROKEN$",
        near=r"^Contracts: \d+ kept, [1-9]\d* broken",
        message="An import breaks the contract `{name}`; the lines below say which.",
        kind="command",
        subject="import-linter {name}",
    ),
    Sign(
        literal="% confidence)",
        pattern=r"^(?P<path>[^\s:]+):(?P<line>\d+): (?P<why>.+) \(\d+% confidence\)",
        message="vulture has a finding in `{path}`, line {line}: {why}.",
        kind="command",
        subject="vulture {path}",
    ),
    Sign(
        literal=" would be ",
        pattern=r"^\d+ files? would be (?:re-?formatted|updated|changed|fixed)",
        message="Files are not formatted. Run the formatter and commit.",
        kind="command",
        subject="black",
    ),
)
_HINDERED = re.compile(r"(?i)no such file|not a file|does not exist|not found|^usage: |No module named")
_ENDED = "Job failed"
_STARTED_BADLY = range(126, 256)  # not found, not executable, killed


def diagnose(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield what a checker says by its own words, else that one failed."""
    said = tuple(diagnose_by_signs("lint-failure", _SIGNS, context.log))
    yield from said or _of_command(context)


def _of_command(context: TraceContext) -> Iterator[Diagnosis]:
    """Yield that the command which failed only checks, with the last line that it printed."""
    log = context.log
    if log.program not in CHECKERS or (context.trace.exit_code or 1) in _STARTED_BADLY:
        return
    printed = (index for index in range(len(log.plain) - 1, log.start - 1, -1) if log.zones[index] is Zone.SCRIPT)
    last = next((index for index in printed if log.plain[index].strip()), None)
    if last is not None and not any(
        _HINDERED.search(text) for text in log.plain[max(log.start, last - 5) : last + 1]
    ):
        yield Diagnosis(
            cause="lint-failure",
            confidence=Confidence.MEDIUM,
            message=f"`{log.program}` has findings, or could not check. {RUN}",
            evidence=(log.evidence(last),),
            subject=Subject("command", log.program),
        )


CAUSE = Cause(
    id="lint-failure",
    diagnose=diagnose,
    literals=(_ENDED, *dict.fromkeys(literal for sign in _SIGNS for literal in sign.literals)),
)
