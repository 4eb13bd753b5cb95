"""A job publishes to the project's own registry with a token where the job token serves.

Why
---
GitLab gives every job a token, `$CI_JOB_TOKEN`, that may publish to the registry of its own project and is void
when the job ends. A personal or deploy token in its place expires one day, leaves with the person who made it,
and can do more than publish if it leaks.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  variables:
    POETRY_REPOSITORIES_GITLAB_URL: $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi
  script:
    - pip install poetry==2.1.4
    - poetry publish --build -r gitlab -u bob -p $BOBS_ACCESS_TOKEN
  rules:
    - if: $CI_COMMIT_TAG
```

Instead
-------
```yaml
publish:
  image: python:3.12-slim
  variables:
    POETRY_REPOSITORIES_GITLAB_URL: $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi
  script:
    - pip install poetry==2.1.4
    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN
  rules:
    - if: $CI_COMMIT_TAG
```

Limits
------
Only passwords that stand in the command line are looked at, and only uploads to the project's own registry.

References
----------
- https://docs.gitlab.com/ci/jobs/ci_job_token/
- https://docs.gitlab.com/user/packages/pypi_repository/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_word
from bot.core.python.registries import registry_of
from bot.core.rule import Rule
from bot.core.snapshot import RegistryKey

ID = "needless-token"
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def check(context: Context) -> Iterator[Finding]:
    """Yield uploads to the own registry with another variable than the job token."""
    for upload in context.uploads:
        password = upload.publication.password
        found = _VARIABLE.fullmatch(password.text) if password else None
        if password is None or found is None or found[1].startswith("CI_"):
            continue
        if registry_of(upload, context.snapshot.facts) != RegistryKey("project"):
            continue
        yield Finding(
            rule=ID,
            severity=Severity.INFO,
            confidence=Confidence.HIGH,
            message=(
                f"`{upload.job.name}` publishes to its own project with `${found[1]}`: the job's token does too, "
                "user `gitlab-ci-token` and password `$CI_JOB_TOKEN`."
            ),
            location=place_of_word(upload.job, upload.command, password),
            job=upload.job.name,
            subject=found[1],
        )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check)
