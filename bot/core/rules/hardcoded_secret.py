"""A password, token or private key stands in the CI file.

Why
---
The CI file is in the repository: everybody who can read the project has the secret, and so has every clone,
fork and backup, for ever; deleting the line later does not take it out of the history. GitLab also prints it in
job logs, since only variables of the settings are masked.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry config http-basic.internal deploy s3cr3t-Xy7Q
    - poetry publish --build -r internal
  rules:
    - if: $CI_COMMIT_TAG
```

Instead
-------
Add a variable in the project's settings (CI/CD, Variables; masked and protected), and name it:

```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry config http-basic.internal "$REGISTRY_USER" "$REGISTRY_PASSWORD"
    - poetry publish --build -r internal
  rules:
    - if: $CI_COMMIT_TAG
```

For a registry of the same GitLab no secret is needed at all: user `gitlab-ci-token` with password
`$CI_JOB_TOKEN`. Then revoke the old secret, because the history keeps it.

Limits
------
Passwords of databases that live as long as the job are not reported, nor values made of plain words (`test`). A
secret without a telling name or a known form is not recognised. The value itself is never repeated.

References
----------
- https://docs.gitlab.com/ci/variables/#mask-a-cicd-variable
- https://docs.gitlab.com/ci/jobs/ci_job_token/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.ci.model import Pipeline
from bot.core.context import Context
from bot.core.credentials import is_dummy, is_for_upload, is_made_up, is_placeholder, is_throw_away, looks_random
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.poetry.given_credentials import Given, given_credentials
from bot.core.render.secrets import find_tokens
from bot.core.rule import Rule
from bot.core.snapshot import Snapshot
from bot.core.span import Span

ID = "hardcoded-secret"
_WORDS = re.compile(r"[a-z]+(?:[-_.][a-z]+)*")  # `pypi-private-prereleases`
_BODY_OF_KEY = re.compile(r"[A-Za-z0-9+/]{40}")
_NAME_OF_KEY = re.compile(r"A[A-Z0-9]{3}[A-Z0-9]{12,16}")  # AWS: it says whose key it is, and opens nothing


def check(context: Context) -> Iterator[Finding]:
    """Yield literal secrets of the pipeline, then tokens anywhere else in its files."""
    pipeline = context.pipeline
    if pipeline is None:
        return
    seen: list[Location] = []
    for given in given_credentials(pipeline):
        if _is_secret(pipeline, given):
            seen.append(given.location)
            yield _finding(given)
    for given in _tokens(context.snapshot, pipeline):
        if not any(_overlap(given.location, other) for other in seen):
            yield _finding(given)


def _is_secret(pipeline: Pipeline, given: Given) -> bool:
    if is_placeholder(given.value):
        return False
    if given.explicit:
        return True
    name = given.what.rpartition(" ")[2].strip("`")
    if is_throw_away(name) or is_dummy(given.value):
        return False
    job = pipeline.job(given.job) if given.job else None
    random = looks_random(given.value)
    if job is not None and job.data.get("services") and (not random or is_made_up(given.value)):
        return False
    return random or (is_for_upload(name) and not given.value.isupper())


def _tokens(snapshot: Snapshot, pipeline: Pipeline) -> Iterator[Given]:
    for path in pipeline.included:
        text = snapshot.text(path) or ""
        for start, end in find_tokens(text):
            if _is_token(text[start:end]):
                yield Given(
                    "A token of a well-known form", text[start:end], Location(path, Span(start, end)), None
                )


def _is_token(text: str) -> bool:
    """Whether a text of a well-known form holds a secret: the head of a key whose body is a variable does not."""
    if text.startswith("-----BEGIN"):
        return _BODY_OF_KEY.search(text) is not None
    return not _NAME_OF_KEY.fullmatch(text) and not _WORDS.fullmatch(text)


def _overlap(one: Location, other: Location) -> bool:
    return one.path == other.path and one.span.start < other.span.end and other.span.start < one.span.end


def _finding(given: Given) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH if given.explicit else Confidence.MEDIUM,
        message=(
            f"{given.what} holds a secret in plain text, for everybody who can read the repository. "
            "Put it into a masked variable of the project's settings, and revoke this one."
        ),
        location=given.location,
        job=given.job,
        subject=given.what,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
