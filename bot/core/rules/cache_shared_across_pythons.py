"""Jobs with different Pythons share one cached virtual environment.

Why
---
A virtual environment belongs to one Python. Restored in a job with another one it is used without a word where
the project's range allows that Python, so the tests of "3.12" run on 3.10; or Poetry stops with "Current Python
version is not allowed by the project"; or the environment is thrown away and made anew in every run, and each
job overwrites the archive of the other.

Example
-------
```yaml
.test:
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest

test-3.11:
  extends: .test
  image: python:3.11-slim

test-3.12:
  extends: .test
  image: python:3.12-slim
```

Instead
-------
```yaml
.test:
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key:
      prefix: $CI_JOB_NAME
      files:
        - poetry.lock
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest

test-3.11:
  extends: .test
  image: python:3.11-slim

test-3.12:
  extends: .test
  image: python:3.12-slim
```

Fix safety
----------
The fix puts the job's name into the key (with a matrix it holds the row). Jobs that shared an environment of
the same Python get one each after it: one more archive, never a wrong one. Where a job that does not install runs
in the environment that another job left in the cache, there is no fix: with a key of its own it would find none.

Limits
------
The Python of a job is known for public images, `poetry env use`, and a matrix over them. A cache of Poetry's
downloads may be shared and is not reported, nor a folder (`virtualenvs.path`) in which Poetry gives the
environment of each Python a name of its own.

References
----------
- https://docs.gitlab.com/ci/yaml/#cachekey
- https://python-poetry.org/docs/managing-environments/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.core.ci.model import Cache
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of
from bot.core.poetry.cache_fixes import python_key_offer
from bot.core.poetry.caching import Holds
from bot.core.poetry.runs import Run, runs_of
from bot.core.rule import Rule

ID = "cache-shared-across-pythons"
Key = tuple[str, ...]


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs whose cached environment another job with another Python gets too."""
    uses = list(_uses(context))
    pythons: dict[Key, set[str]] = defaultdict(set)
    for key, run, _ in uses:
        if run.python:
            pythons[key].add(run.python)
    seen: set[tuple[str, Key]] = set()
    for key, run, cache in uses:
        if run.python and len(pythons[key]) > 1 and (run.job.name, key) not in seen:
            seen.add((run.job.name, key))
            yield _finding(context, run, cache, pythons[key])


def _uses(context: Context) -> Iterator[tuple[Key, Run, Cache]]:
    """Yield what each run restores: the key with the environment's place, the run, the cache."""
    for installation in context.installations:
        inside = [one for one in installation.environments if one.venv.inside]
        if all(one.by_python for one in inside):
            continue
        places = [one.venv.path for one in inside]
        for run in runs_of(installation.job, context.snapshot.facts.today):
            for cached in installation.holding(Holds.ENVIRONMENT):
                yield (*run.cache_key(cached.cache), *places[:1]), run, cached.cache


def _finding(context: Context, run: Run, cache: Cache, pythons: set[str]) -> Finding:
    others = sorted(pythons, key=lambda text: [int(part) for part in text.split(".")])
    named = f"{', '.join(others[:-1])} and {others[-1]}"
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message=(
            f"`{run.job.name}` shares its cached environment with jobs of another Python: the key is the same for "
            f"Python {named}. Tests then run on the wrong Python, or the environment is made anew every time."
        ),
        location=_key_of(cache),
        job=run.job.name,
        subject=f"{owner_of(context.snapshot, _key_of(cache))} {named}",
        **python_key_offer(context, cache),
    )


def _key_of(cache: Cache) -> Location:
    written = cache.key_prefix or cache.key or next(iter(cache.key_files), None)
    return written.location if written else cache.location


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
