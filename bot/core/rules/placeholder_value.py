"""A value from a tutorial was never filled in.

Why
---
`YOUR_TOKEN`, `<project id>` or `XXX` is what a guide shows in place of your own value. The job runs until that
value is used, and then fails with 401, 404 or a name that cannot be resolved, often only when a release is due.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry config pypi-token.pypi YOUR_PYPI_TOKEN
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
    - poetry config pypi-token.pypi "$PYPI_TOKEN"
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Limits
------
Looked at are the words behind credentials, repository addresses and the variables for them. What another program
fills in (`{{ cookiecutter.name }}`) is no placeholder.

References
----------
- https://docs.gitlab.com/ci/variables/
- https://docs.gitlab.com/user/packages/pypi_repository/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.credentials import is_for_upload, is_placeholder, names_credential
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.poetry.anchors import place_of_word
from bot.core.rule import Rule
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_settings import poetry_settings
from bot.core.shell_script.publication import publications

ID = "placeholder-value"
_IN_ADDRESS = re.compile(r"<[\w -]+>|/X{3,}(?=/|$)|\bYOUR[_-]?[A-Z_-]*[A-Z]\b|\bXXX+\b")
_SECTIONS = frozenset({"repositories", "http-basic", "pypi-token"})


def check(context: Context) -> Iterator[Finding]:
    """Yield stand-ins among variables, Poetry's settings and the arguments of uploads."""
    for job in context.pipeline.jobs if context.pipeline else ():
        yield from _in_variables(job)
        for what, command, word in _given(job):
            if _stands_in(word):
                yield _finding(job, what, place_of_word(job, command, word))


def _in_variables(job: Job) -> Iterator[Finding]:
    for name, text in job.variables.items():
        credential = names_credential(name)
        in_form = (credential or name.startswith(("POETRY_REPOSITORIES_", "TWINE_"))) and _IN_ADDRESS.search(
            text.value
        )
        if in_form or (credential and is_for_upload(name) and is_placeholder(text.value)):
            yield _finding(job, name, text.location)


def _given(job: Job) -> Iterator[tuple[str, Command, Word]]:
    for setting in poetry_settings(job.commands):
        if setting.key.partition(".")[0] in _SECTIONS:
            for word in setting.values:
                yield f"poetry config {setting.key}", setting.command, word
    for upload in publications(job.commands):
        words = {"username": upload.username, "password": upload.password, "address": upload.url}
        for name, given in words.items():
            if given is not None:
                yield f"{upload.tool} {name}", upload.command, given


def _stands_in(word: Word) -> bool:
    text = word.text
    return "$" not in text and bool(is_placeholder(text) or _IN_ADDRESS.search(text))


def _finding(job: Job, what: str, location: Location) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{what}` still has the value of a tutorial: put your own in its place, a secret in a variable.",
        location=location,
        job=job.name,
        subject=what,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
