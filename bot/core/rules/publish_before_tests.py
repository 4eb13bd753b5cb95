"""A job publishes without waiting for the tests.

Why
---
Jobs of one stage run side by side, and `needs: []` starts a job at once. The package is then in the registry
while the tests are still running; when they fail, the broken version stays, and its number is used up.

Example
-------
```yaml
stages: [test]

test:
  stage: test
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest

publish:
  stage: test
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
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
```

Limits
------
Only pipelines in which both jobs certainly run are compared. Tests are recognised by their runner (pytest, tox,
nox, unittest, `make test`).

References
----------
- https://docs.gitlab.com/ci/yaml/#stages
- https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job, Pipeline
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.order import jobs_before, run_together
from bot.core.poetry.publishing import Upload
from bot.core.rule import Rule
from bot.core.shell_script.testing import runs_of_tests

ID = "publish-before-tests"


def check(context: Context) -> Iterator[Finding]:
    """Yield uploads that no test job precedes, though one runs in the same pipeline."""
    pipeline = context.pipeline
    if pipeline is None or not context.uses_poetry:
        return
    for upload in context.uploads:
        if any(runs_of_tests(upload.job.commands)):
            continue
        late = _tests_beside(pipeline, upload.job)
        if late and not upload.job.manual:
            yield _finding(upload, late)


def _tests_beside(pipeline: Pipeline, job: Job) -> list[Job]:
    tests = [other for other in pipeline.jobs if any(runs_of_tests(other.commands))]
    before = {other.name for other in jobs_before(pipeline, job)}
    if any(test.name in before for test in tests):
        return []
    return [test for test in tests if run_together(test, job)]


def _finding(upload: Upload, late: list[Job]) -> Finding:
    job = upload.job
    names = " and ".join(f"`{test.name}`" for test in late[:2])
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message=f"`{job.name}` does not wait for {names}: a package can be published although its tests fail.",
        location=place_of_command(job, upload.command),
        job=job.name,
        subject=job.name,
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check)
