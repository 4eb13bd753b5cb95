"""`poetry publish -r NAME` names a repository that the job does not define.

Why
---
Poetry stops with `Repository gitlab is not defined`, after everything was tested and built. A package source in
`pyproject.toml` (`[[tool.poetry.source]]`) does not count: it is for installing, not for publishing.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build -r gitlab
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
A variable `POETRY_REPOSITORIES_NAME_URL` may stand in the project's settings, which are not seen here.

References
----------
- https://python-poetry.org/docs/repositories/#publishable-repositories
- https://docs.gitlab.com/user/packages/pypi_repository/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.anchors import place_of_word
from bot.core.poetry.publishing import Upload
from bot.core.poetry.repositories import configured_repositories
from bot.core.rule import Rule
from bot.core.shell_script.model import Word

ID = "undefined-repository"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield uploads to a repository that nothing defines."""
    for upload in context.uploads:
        name = upload.publication.repository
        if (
            upload.tool == "poetry"
            and name is not None
            and name.known
            and not _is_defined(context, upload, name.text)
        ):
            template = context.hidden_template(upload.job)
            reason = f"the template `{template}`, which is not at hand, may define `{name.text}`"
            yield Skipped(ID, reason, upload.job.name) if template else _finding(upload, name)


def _is_defined(context: Context, upload: Upload, name: str) -> bool:
    if name.lower() == "pypi" or any(
        key.startswith(f"repositories.{name}") for key in context.poetry_config.settings
    ):
        return True
    repositories = configured_repositories(upload.job, upload.command)
    return not repositories.complete or repositories.get(name) is not None


def _finding(upload: Upload, name: Word) -> Finding:
    variable = f"POETRY_REPOSITORIES_{name.text.upper().replace('-', '_')}_URL"
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        message=(
            f"The repository `{name.text}` is not defined in `{upload.job.name}`: set `{variable}` to its upload "
            "address (unless the project's settings do)."
        ),
        location=place_of_word(upload.job, upload.command, name),
        job=upload.job.name,
        subject=name.text,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.MEDIUM, check=check)
