"""A job builds with `poetry publish --build` though `dist/` already holds the package.

Why
---
Poetry asks whether to build anyway, and a job cannot answer. Poetry 1 stops with `Aborted!`. Poetry 2.1 and later
ask again and again, millions of times, until the job's log is full or its time is over; with `--no-interaction`
they stop, and only 2.3.3 and later go on and build a second time. What is then published is not what the build
job made and the tests tried.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry build
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Instead
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry build
    - poetry publish
  rules:
    - if: $CI_COMMIT_TAG
```

Fix safety
----------
The fix removes `--build`: the files that are already there are published. The job could not succeed without it.

Limits
------
Reported where `poetry build` certainly ran before: in the same job, or in one that hands `dist/` on as an
artifact.

References
----------
- https://python-poetry.org/docs/cli/#publish
- Tried with Poetry 1.2.2, 1.8.5, 2.0.1, 2.1.4 and 2.5.1 without a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.fragments import remove_word
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.environment import commands_before, plain_variables
from bot.core.poetry.fixes import Offer, jobs_of_command, offered
from bot.core.poetry.order import jobs_before, run_together
from bot.core.poetry.publishing import Upload
from bot.core.poetry.version import effective_version
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import poetry_call

ID = "repeated-build"
_ASKS_FOR_EVER = Version("2.1")
_ONLY_WARNS = Version("2.3.3")  # with --no-interaction; poetry's changelog
_CLEARING = frozenset({"rm", "mv", "find", "git", "make"})


def check(context: Context) -> Iterator[Finding]:
    """Yield uploads that build what is built."""
    for upload in context.uploads:
        if upload.tool != "poetry" or upload.in_container or not upload.publication.builds:
            continue
        builder = _builder(context, upload)
        effect = _effect(context, upload) if builder else ""
        if builder and effect:
            yield _finding(context, upload, builder, effect)


def _builder(context: Context, upload: Upload) -> str:
    """Return the job that has filled `dist/` before; empty where that is not sure."""
    before, folder = commands_before(upload.job, upload.command), upload.command.directory
    built = _last_build(before, folder)
    if built is not None:
        return upload.job.name if _is_kept(before[built:]) else ""
    if context.pipeline is None or not _is_kept(before):
        return ""
    for other in jobs_before(context.pipeline, upload.job):
        handed_on = _hands_on(other, upload.job) and run_together(other, upload.job)
        if handed_on and _last_build(other.commands, folder) is not None:
            return other.name
    return ""


def _last_build(commands: Sequence[Command], folder: str | None) -> int | None:
    found = [index for index, command in enumerate(commands) if _builds(command, folder)]
    return found[-1] if found else None


def _builds(command: Command, folder: str | None) -> bool:
    call = poetry_call(command)
    if call is None or call.subcommand != "build" or command.conditional or command.directory != folder:
        return False
    return not call.arguments.has("--output", "-o")


def _is_kept(commands: Sequence[Command]) -> bool:
    return not any(command.name in _CLEARING or "dist" in command.arguments for command in commands)


def _hands_on(other: Job, job: Job) -> bool:
    """Whether a job's `dist/` is an artifact that the other job gets."""
    artifacts = other.data.get("artifacts")
    paths = artifacts.get("paths") if isinstance(artifacts, dict) else None
    kept = isinstance(paths, list) and any(str(path).strip("./*") == "dist" for path in paths)
    wanted = job.data.get("dependencies")
    if isinstance(wanted, list) and other.name not in wanted:
        return False
    return kept and (job.needs is None or _is_needed(job.data.get("needs"), other.name))


def _is_needed(needs: object, name: str) -> bool:
    """Whether `needs` names the job and leaves its artifacts on."""
    entries = needs if isinstance(needs, list) else []
    detailed = [entry if isinstance(entry, dict) else {"job": entry} for entry in entries]
    return any(entry.get("job") == name and entry.get("artifacts", True) is True for entry in detailed)


def _effect(context: Context, upload: Upload) -> str:
    """Return what comes of it; empty where the job goes on all the same."""
    version, certain = effective_version(context, upload.job)
    if version >= _ONLY_WARNS and (not certain or _is_silent(upload)):
        return ""
    if version < _ASKS_FOR_EVER or _is_silent(upload):
        return "stops there with `Aborted!`"
    return "asks whether to go on, again and again, until the job times out"


def _is_silent(upload: Upload) -> bool:
    given = upload.publication.arguments.has("--no-interaction", "-n")
    return given or bool(plain_variables(upload.job).get("POETRY_NO_INTERACTION"))


def _finding(context: Context, upload: Upload, builder: str, effect: str) -> Finding:
    job = upload.job
    maker = "an earlier line" if builder == job.name else f"`{builder}`"
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{job.name}` publishes with `--build`, but {maker} has filled `dist/` already: Poetry {effect}."
            " Leave `--build` out."
        ),
        location=place_of_command(job, upload.command),
        job=job.name,
        subject=builder,
        **_fix(context, upload),
    )


def _fix(context: Context, upload: Upload) -> Offer:
    word = next((word for word in upload.command.words if word.text == "--build"), None)
    location = word.location if word else None
    if location is None or upload.command.origin:
        return Offer(fix_refused="`--build` does not stand in the CI file")
    return offered(
        context,
        "Publish what is already built",
        Applicability.SAFE,
        jobs_of_command(context, upload.job, upload.command),
        lambda target: remove_word(target, location),
        about=location,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
