"""Several jobs upload the same cache, though the first one would do.

Why
---
After its script a job packs and uploads its cache, unless its policy is `pull`. Packing an environment of 100
MB took 4.6 s in our measurement, one of 500 MB 33 s, and each job of the pipeline repeats it for the same
content.

Example
-------
```yaml
stages: [lint, test]

default:
  image: python:3.12-slim
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - .venv/

variables:
  POETRY_VIRTUALENVS_IN_PROJECT: "true"

lint:
  stage: lint
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run ruff check

test:
  stage: test
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest
```

Instead
-------
```yaml
stages: [lint, test]

variables:
  POETRY_VIRTUALENVS_IN_PROJECT: "true"

lint:
  stage: lint
  image: python:3.12-slim
  cache:
    - key:
        files:
          - poetry.lock
      paths:
        - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run ruff check

test:
  stage: test
  image: python:3.12-slim
  cache:
    - key:
        files:
          - poetry.lock
      paths:
        - .venv/
      policy: pull
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest
```

Limits
------
Reported where a job of an earlier stage certainly runs in the same pipeline, stores the same cache, and
installs with the same words. Where it is cheap (a small cache of downloads) leaving it is fine.

References
----------
- https://docs.gitlab.com/ci/yaml/#cachepolicy
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Cache, Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.caching import Holds, Installation
from bot.core.poetry.order import jobs_before, run_together
from bot.core.poetry.runs import runs_of
from bot.core.rule import Rule

ID = "cache-uploaded-by-every-job"


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs that store again what an earlier job has stored."""
    for installation in context.installations:
        for cached in installation.holding(Holds.ENVIRONMENT):
            first = _stored_before(context, installation, cached.cache)
            if cached.cache.policy == "pull-push" and first is not None:
                yield _finding(installation.job, cached.cache, first)


def _stored_before(context: Context, installation: Installation, cache: Cache) -> Job | None:
    pipeline, job = context.pipeline, installation.job
    if pipeline is None or job.matrix:
        return None
    key = _key(context, job, cache)
    before = {other.name for other in jobs_before(pipeline, job)}
    for other in context.installations:
        if other.job.name not in before or _is_uncertain(other.job) or not run_together(other.job, job):
            continue
        stored = [
            _key(context, other.job, one.cache) for one in other.holding(Holds.ENVIRONMENT) if _pushes(one.cache)
        ]
        if key in stored and _words(other) == _words(installation):
            return other.job
    return None


def _is_uncertain(job: Job) -> bool:
    """Whether a job may be missing in a pipeline of its kind, or store several caches."""
    rules = str(job.data.get("rules", "")) + str(job.data.get("only", ""))
    return bool(job.matrix) or job.manual or "changes" in rules or "exists" in rules


def _pushes(cache: Cache) -> bool:
    return cache.policy == "pull-push"


def _key(context: Context, job: Job, cache: Cache) -> tuple[str, ...]:
    """Return what two jobs must have in common to store the same: the key and the Python."""
    run = runs_of(job, context.snapshot.facts.today)[0]
    return (*run.cache_key(cache), run.python or "")


def _words(installation: Installation) -> list[tuple[str, ...]]:
    return [call.command.arguments for call in installation.calls]


def _finding(job: Job, cache: Cache, first: Job) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        message=(
            f"`{job.name}` packs and uploads the environment that `{first.name}` has stored already: "
            "`policy: pull` spares it that."
        ),
        location=cache.location,
        job=job.name,
        subject=job.name,
    )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.MEDIUM, check=check)
