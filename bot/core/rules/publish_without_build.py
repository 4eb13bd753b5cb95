"""A job uploads a package that nothing has built.

Why
---
`poetry publish` uploads what it finds in `dist/`. In a fresh job that folder is empty, and Poetry stops with
`No files to publish. Run poetry build first or use the --build option.`

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish
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
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Or build in an earlier job and hand `dist/` on as an artifact: then what was tested is what is published.

Fix safety
----------
The fix adds `--build`. The job could not succeed without it.

Limits
------
Silent where any job before it keeps artifacts, since these may hold the files, and where a script or tool that
is not at hand may build.

References
----------
- https://python-poetry.org/docs/cli/#publish
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job, Pipeline
from bot.core.context import Context
from bot.core.edits.fragments import extend_command
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.environment import commands_before
from bot.core.poetry.fixes import Offer, jobs_of_command, offered
from bot.core.poetry.order import jobs_before
from bot.core.poetry.publishing import Upload
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import poetry_call
from bot.core.shell_script.programs import inner_program

ID = "publish-without-build"
_BUILDERS = frozenset(
    {"build", "flit", "hatch", "uv", "pdm", "maturin", "make", "tox", "nox", "just", "task", "invoke"}
)
_FETCHERS = frozenset({"curl", "wget", "cp", "mv", "unzip", "tar", "git", "docker"})


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield uploads of an empty folder."""
    for upload in context.uploads:
        publication = upload.publication
        if upload.tool not in {"poetry", "twine"} or upload.in_container or publication.builds:
            continue
        if context.pipeline is None or _may_have_files(context.pipeline, upload):
            continue
        template = context.hidden_template(upload.job)
        if template:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may build", upload.job.name)
        elif not context.pipeline.complete:
            yield Skipped(ID, "a job of an include that is not at hand may build the package", upload.job.name)
        else:
            yield _finding(context, upload)


def _may_have_files(pipeline: Pipeline, upload: Upload) -> bool:
    job = upload.job
    if upload.command.origin or any("artifacts" in other.data for other in jobs_before(pipeline, job)):
        return True
    if any(path.value.rstrip("/").startswith("dist") for cache in job.caches for path in cache.paths):
        return True
    return any(_may_build(command) for command in commands_before(job, upload.command))


def _may_build(command: Command) -> bool:
    call = poetry_call(command)
    if call is not None and call.subcommand != "run":
        return call.subcommand in {"build", "publish"}
    program = inner_program(command)
    if (
        program.name in _BUILDERS | _FETCHERS
        or program.name.endswith((".sh", ".py"))
        or "/" in command.words[0].text
    ):
        return True
    return program.name.startswith("python") and bool(program.arguments)


def _finding(context: Context, upload: Upload) -> Finding:
    job = upload.job
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{job.name}` uploads from `dist/`, but nothing has built a package there.{_advice(upload)}",
        location=place_of_command(job, upload.command),
        job=job.name,
        subject=upload.tool,
        **_fix(context, job, upload),
    )


def _advice(upload: Upload) -> str:
    return " Add `--build`." if upload.tool == "poetry" else " Build it first."


def _fix(context: Context, job: Job, upload: Upload) -> Offer:
    if upload.tool != "poetry":
        return Offer()
    return offered(
        context,
        f"Build the package before `{job.name}` publishes it",
        Applicability.SAFE,
        jobs_of_command(context, job, upload.command),
        lambda target: extend_command(target, upload.command, ["--build"]),
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
