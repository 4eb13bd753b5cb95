"""The pipeline publishes a package and tests nothing.

Why
---
What is published cannot be taken back: a version number is used once, and others may have installed it already.
One job that installs the project and runs its tests before the upload is the cheapest insurance.

Example
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

Instead
-------
```yaml
stages: [test, publish]

test:
  stage: test
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest

publish:
  stage: publish
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Limits
------
Tests are recognised by their runner. Silent where an include or a script that is not at hand may run them.

References
----------
- https://docs.gitlab.com/ci/testing/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.anchors import place_of_command
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.testing import runs_of_tests

ID = "untested-package"
_CHECKING_NAMES = ("test", "check", "qa", "quality", "spec", "verify")


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield the first upload of a pipeline without tests."""
    pipeline = context.pipeline
    if pipeline is None or not context.uploads or not context.uses_poetry:
        return
    if any(_may_test(job) for job in pipeline.jobs):
        return
    if not pipeline.complete:
        yield Skipped(ID, "a job of an include that is not at hand may run the tests")
        return
    upload = context.uploads[0]
    yield Finding(
        rule=ID,
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        message=f"`{upload.job.name}` publishes a package, and no job of the pipeline runs tests.",
        location=place_of_command(upload.job, upload.command),
        job=upload.job.name,
        subject=upload.job.name,
    )


def _may_test(job: Job) -> bool:
    if any(runs_of_tests(job.commands)) or any(word in job.name.lower() for word in _CHECKING_NAMES):
        return True
    return job.trigger or any(_is_opaque(command) for command in job.commands)


def _is_opaque(command: Command) -> bool:
    """Whether a command may run anything: a script of the repository, a task runner, a container."""
    head = command.words[0].text
    return (
        command.name in {"make", "just", "task", "invoke", "docker"}
        or head.startswith("./")
        or head.endswith(".sh")
    )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.MEDIUM, check=check)
