"""A job publishes to the package registry of another project, whose number or path stands in the address.

Why
---
An address that was copied from another project still names that project. With the job's own token the upload
ends with 403 Forbidden or 404 Not Found; where the other project lets this one in, the package lands in a registry
in which nobody looks for it. `$CI_PROJECT_ID` is always the project that the job runs in, in a fork too.

Example
-------
The merge request belongs to project 7:

```yaml
publish:
  image: python:3.12-slim
  variables:
    POETRY_REPOSITORIES_GITLAB_URL: $CI_API_V4_URL/projects/202/packages/pypi
  script:
    - pip install poetry==2.1.4
    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN
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
A registry that several projects share is a choice: write its number in a variable with a name
(`REGISTRY_PROJECT_ID`), or give the upload a token of its own, and nothing is said. Only uploads with the job's
token are looked at, in a project of this GitLab, and only where the bot knows which project it reads.

References
----------
- https://docs.gitlab.com/user/packages/pypi_repository/
- https://docs.gitlab.com/ci/jobs/ci_job_token/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.environment import commands_before, plain_variables
from bot.core.poetry.publishing import Upload
from bot.core.python.registries import registry_of
from bot.core.rule import Rule
from bot.core.shell_script.poetry_settings import poetry_settings
from bot.core.snapshot import Facts, RegistryKey

ID = "other-project-registry"
_JOB_TOKEN = frozenset({"$CI_JOB_TOKEN", "${CI_JOB_TOKEN}"})


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield uploads with the job's token to a project that is not the one at hand."""
    facts = context.snapshot.facts
    for upload in context.uploads:
        registry = registry_of(upload, facts)
        if registry is None or registry.kind != "project" or not registry.name:
            continue
        if not _with_job_token(upload) or not _is_literal(upload, registry.name):
            continue
        if _own_name(registry.name, facts) is None or facts.server_url is None:
            yield Skipped(ID, f"whether this is project `{registry.name}` is not known", upload.job.name)
        elif registry.name.lower() != (_own_name(registry.name, facts) or "").lower():
            yield _finding(upload, registry, facts)


def _own_name(name: str, facts: Facts) -> str | None:
    """Return the own project's number or path, whichever the address uses."""
    if name.isdecimal():
        return None if facts.project_id is None else str(facts.project_id)
    return facts.project_path


def _with_job_token(upload: Upload) -> bool:
    given = upload.publication.password
    if given is not None:
        return given.text in _JOB_TOKEN
    passwords = [text.value for name, text in upload.job.variables.items() if _is_password(name)]
    passwords += [word.text for name, word in upload.command.assignments.items() if _is_password(name)]
    for setting in poetry_settings(commands_before(upload.job, upload.command)):
        if setting.key.startswith("http-basic.") and setting.values:
            passwords.append(setting.values[-1].text)
    return bool(passwords) and all(password in _JOB_TOKEN for password in passwords)


def _is_password(name: str) -> bool:
    return name == "TWINE_PASSWORD" or (name.startswith("POETRY_HTTP_BASIC_") and name.endswith("_PASSWORD"))


def _is_literal(upload: Upload, name: str) -> bool:
    """Whether the address has the name itself: one that a variable of its own holds was chosen."""
    variables = plain_variables(upload.job)
    return name not in variables.values()


def _finding(upload: Upload, registry: RegistryKey, facts: Facts) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        message=(
            f"`{upload.job.name}` publishes with its own token to project `{registry.name}`, but this is"
            f" `{_own_name(registry.name, facts)}`: write `$CI_PROJECT_ID` in the address, or put the other"
            " project in a variable with a name if it is meant."
        ),
        location=place_of_command(upload.job, upload.command),
        job=upload.job.name,
        subject=registry.name,
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.MEDIUM, check=check)
