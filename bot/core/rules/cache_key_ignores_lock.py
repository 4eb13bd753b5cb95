"""The key of a Poetry cache does not change when `poetry.lock` does.

Why
---
With a fixed key the first run's environment is restored for ever. After a change of the lock Poetry updates the
restored environment, but `poetry install` does not remove what has left the lock, so tests can pass with a
package that the project no longer declares; the archive only grows, and branches with different locks overwrite
each other's. With a key that holds the commit the opposite happens: no later commit finds a cache at all.

Example
-------
```yaml
test:
  image: python:3.12-slim
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key: dependencies
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key:
      prefix: dependencies
      files:
        - poetry.lock
    paths:
      - .venv/
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Fix safety
----------
The fix turns the key into the prefix of a key with `files: [poetry.lock]`. The first run after it starts
without a cache and stores one; a restored environment then always belongs to the lock. A key that holds the
commit is replaced, which is unsafe: jobs may have handed an environment on with it. The fix is offered only
where the lock is in the repository.

Limits
------
For a cache of Poetry's downloads alone the price is lower (stale files take space), and the finding weighs
less.

References
----------
- https://docs.gitlab.com/ci/yaml/#cachekeyfiles
- https://python-poetry.org/docs/cli/#sync
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Cache
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of
from bot.core.poetry.cache_fixes import key_offer
from bot.core.poetry.caching import CachedPath, Holds, Installation, assumed_installation
from bot.core.poetry.keys import changes_each_time, tracks_lock
from bot.core.rule import Rule

ID = "cache-key-ignores-lock"


def check(context: Context) -> Iterator[Finding]:
    """Yield caches of Poetry's that keep their key when the lock changes."""
    for installation in (*context.installations, *_assumed(context)):
        useful = installation.holding(Holds.ENVIRONMENT, Holds.DOWNLOADS)
        if useful and not any(tracks_lock(cached.cache) for cached in useful):
            yield _finding(context, installation, useful)


def _assumed(context: Context) -> Iterator[Installation]:
    """Yield jobs that cache an environment of Poetry's and install by a make target or script not at hand."""
    installing = {installation.job.name for installation in context.installations}
    for job in context.pipeline.jobs if context.pipeline else ():
        found = assumed_installation(job, context.poetry_config.settings) if job.name not in installing else None
        if found is not None:
            yield found


def _finding(context: Context, installation: Installation, useful: tuple[CachedPath, ...]) -> Finding:
    job, cache = installation.job, useful[0].cache
    holds_environment = Holds.ENVIRONMENT in {cached.holds for cached in useful}
    pruned = bool(installation.calls) and all(call.removes_others for call in installation.calls)
    key = cache.key.value if cache.key else ""
    location = cache.key.location if cache.key else cache.location
    return Finding(
        rule=ID,
        severity=Severity.WARNING if holds_environment and not pruned else Severity.INFO,
        confidence=Confidence.HIGH if installation in context.installations else Confidence.MEDIUM,
        message=f"{_subject(cache, key)} {_effect(cache, holds_environment=holds_environment, pruned=pruned)}.",
        location=location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, location)} {key or 'default'}",
        **key_offer(context, installation, cache),
    )


def _subject(cache: Cache, key: str) -> str:
    if cache.key_files:
        named = ", ".join(f"`{text.value}`" for text in cache.key_files)
        return f"The cache's key follows {named}, not `poetry.lock`: it"
    return f"The cache's key `{key}`" if key else "The cache has no key of its own, so it"


def _effect(cache: Cache, *, holds_environment: bool, pruned: bool) -> str:
    if changes_each_time(cache):
        return "changes with every commit, so that no later commit finds the cache again"
    if holds_environment and pruned:
        return "stays the same when `poetry.lock` changes: branches with other locks undo each other's environment"
    if holds_environment:
        return "stays the same when `poetry.lock` changes: packages that left the lock stay in the environment"
    return "stays the same when `poetry.lock` changes: downloads that nobody needs any more stay in the cache"


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
