"""A job installs with Poetry and no cache keeps what it installs.

Why
---
Every run downloads and installs all dependencies again. For 40 packages that is about ten seconds when the
index is near and fast, for 100 packages half a minute, and minutes when packages are built from source. With a
cache the same step took 0.39 of the time in our measurement (38 packages, Poetry 2.3). A cache of pip
(`.cache/pip`) does not help: Poetry has its own downloads and never reads pip's.

What it costs in a job of your own is said in the finding where the bot has read logs of that job (it reads those
of green pipelines for it), or where `scansion check --trace job.log --job test` is given one. It is measured from
the runner's echo of `poetry install` to that of the next command, by the timestamps of the log, and set against
the time from the log's first line to its last. A run whose installation failed, or found everything installed,
does not count; of the others the medians are given.

Example
-------
```yaml
test:
  image: python:3.12-slim
  before_script:
    - pip install poetry==2.1.4
    - poetry install
  script:
    - poetry run pytest
```

Instead
-------
Keep the virtual environment in the project's folder, since GitLab can cache nothing outside, and name the lock
in the key, so that a new lock gets a new environment:

```yaml
test:
  image: python:3.12-slim
  variables:
    POETRY_VIRTUALENVS_IN_PROJECT: "true"
  cache:
    key:
      prefix: python-3.12
      files:
        - poetry.lock
    paths:
      - .venv/
  before_script:
    - pip install poetry==2.1.4
    - poetry install
  script:
    - poetry run pytest
```

For many or large packages (500 MB and more) cache Poetry's downloads instead: set `POETRY_CACHE_DIR:
$CI_PROJECT_DIR/.cache/pypoetry` and cache `.cache/pypoetry/artifacts/` and `.cache/pypoetry/cache/`. That
archive is smaller and three to six times quicker to save, keeps wheels that were built from source, and does
not depend on the Python version; packing the environment itself costs more there than it saves.

Fix safety
----------
The fix adds a cache, and what makes Poetry put the environment where the cache looks. Without a stored cache
the job does what it did before. The key holds the lock and the Python version, so that an environment of
another Python is never used. Where an include that is not at hand may set a cache for all jobs, the fix is
unsafe: it would take that one's place.

Limits
------
A job is judged by what its files show. One that extends a template which is not at hand is skipped; an include
of another project may set a cache for all jobs, which the message then says. A repository's own image may bring
the dependencies along; then the installation is quick already, and an inline ignore is right.

References
----------
- https://docs.gitlab.com/ci/caching/
- https://python-poetry.org/docs/configuration/#virtualenvsin-project
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of, place_of_command
from bot.core.poetry.cache_fixes import cache_offer, may_have_cache, needs_of
from bot.core.poetry.caching import Holds, Installation
from bot.core.poetry.environment import plain_variables
from bot.core.poetry.fixes import Offer
from bot.core.poetry.places import place_of
from bot.core.rule import Rule

ID = "uncached-install"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield the jobs that install with Poetry without a cache that helps."""
    # Other rules speak of a cache that misses its aim.
    found = [
        one
        for one in context.installations
        if not one.is_cached and not one.holding(Holds.UNKNOWN, Holds.OUTSIDE, Holds.LOOKALIKE)
    ]
    alike: dict[object, list[Installation]] = defaultdict(list)
    for installation in found:
        alike[needs_of(context, installation)].append(installation)
    for installation in found:
        job = installation.job
        template = context.hidden_template(job)
        if template and not job.caches:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may set a cache", job.name)
        else:
            yield _finding(context, installation, alike[needs_of(context, installation)])


def _finding(context: Context, installation: Installation, alike: list[Installation]) -> Finding:
    job = installation.job
    location = place_of_command(job, installation.calls[0].command)
    assumed = context.hidden_defaults if may_have_cache(context, job) else ""
    unless = f" (unless `{assumed}`, which is not at hand, sets one for all jobs)" if assumed else ""
    reason = f"{_reason(installation)}{unless}{_cost(context, job.name)}"
    return Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM if assumed else Confidence.HIGH,
        message=f"`{job.name}` {_what(context)} in every run: {reason}.",
        location=location,
        job=job.name,
        subject=owner_of(context.snapshot, location),
        **_offer(context, installation, alike),
    )


def _offer(context: Context, installation: Installation, alike: list[Installation]) -> Offer:
    if any(cache.policy == "push" for cache in installation.job.caches):
        return Offer(fix_refused="a cache is only stored on purpose")
    return cache_offer(context, installation, alike)


def _what(context: Context) -> str:
    count = len(context.lock.packages) if context.lock else 0
    return f"installs up to {count} packages with Poetry anew" if count > 1 else "installs with Poetry anew"


def _reason(installation: Installation) -> str:
    paths = [path.value for cache in installation.job.caches for path in cache.paths]
    if not paths:
        return "it has no cache"
    named = ", ".join(f"`{path}`" for path in paths[:3])
    if all(cache.policy == "push" for cache in installation.job.caches):
        return f"its cache ({named}) is only stored, never restored"
    variables = plain_variables(installation.job)
    if all(place_of(path, variables).inside is False for path in paths):
        return f"its cache ({named}) lies outside the project's folder, where the runner stores nothing"
    return f"its cache ({named}) holds nothing that Poetry uses"


def _cost(context: Context, job: str) -> str:
    timing = context.snapshot.facts.install_timings.get(job)
    if timing is None:
        return ""
    share = f"{timing.install_s:.0f} s of {timing.total_s:.0f} s"
    if timing.runs == 1:
        return f". Installing took {share} in the last run whose log was read"
    return f". Installing took {share} (medians of {timing.runs} recent runs, by the times in their logs)"


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
