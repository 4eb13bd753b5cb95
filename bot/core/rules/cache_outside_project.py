"""A cache names a folder outside the project, which GitLab's runner does not store.

Why
---
The runner packs only what lies below the project's folder (`$CI_PROJECT_DIR`). A path such as
`~/.cache/pypoetry` or `/root/.cache/pypoetry` is skipped with a warning in the job log, so the cache looks
right, stays empty, and every run installs everything again. The variable `$HOME` and the sign `~` are not even
expanded.

Example
-------
```yaml
test:
  image: python:3.12-slim
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - /root/.cache/pypoetry
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
Move Poetry's folder into the project, and cache it there:

```yaml
test:
  image: python:3.12-slim
  variables:
    POETRY_CACHE_DIR: $CI_PROJECT_DIR/.cache/pypoetry
  cache:
    key:
      files:
        - poetry.lock
    paths:
      - .cache/pypoetry/artifacts/
      - .cache/pypoetry/cache/
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Fix safety
----------
The fix sets `POETRY_CACHE_DIR` and replaces the path. Poetry then downloads into the project's folder; nothing
else changes. A project whose own files live in `.cache/pypoetry` does not get the fix.

What is kept that way are the downloads, and the virtual environments where Poetry makes them beside these. Where
`virtualenvs.in-project` is true in the Poetry settings of the runner itself, which no file of the project shows,
the environment lies in `.venv` and is made anew from the downloads; set `POETRY_VIRTUALENVS_IN_PROJECT` in the CI
file and cache `.venv/` to keep it too.

Limits
------
Only jobs that install with Poetry are looked at, and only paths whose place is certain. A runner with a shell
executor and a home folder that survives may keep the folder by itself.

References
----------
- https://docs.gitlab.com/ci/yaml/#cachepaths
- https://python-poetry.org/docs/configuration/#cache-dir
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of
from bot.core.poetry.cache_moves import move_offer
from bot.core.poetry.caching import CachedPath, Holds, Installation
from bot.core.rule import Rule

ID = "cache-outside-project"


def check(context: Context) -> Iterator[Finding]:
    """Yield cached paths of Poetry that lie outside the project."""
    for installation in context.installations:
        for cached in installation.holding(Holds.OUTSIDE):
            if cached.path is not None:
                yield _finding(context, installation, cached)


def _finding(context: Context, installation: Installation, cached: CachedPath) -> Finding:
    job, path = installation.job, cached.path
    text = path.value if path else ""
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        message=(
            f"`{text}` is never stored: it lies outside the project's folder, and the runner caches only what is "
            f"inside. `{job.name}` installs everything again in every run."
        ),
        location=path.location if path else cached.cache.location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, cached.cache.location)} {text}",
        **(move_offer(context, cached.cache, cached.cache.paths.index(path)) if path else {}),
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
