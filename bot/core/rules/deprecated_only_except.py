"""A job says when it runs with `only` and `except`, which GitLab has deprecated.

Why
---
GitLab develops `rules` and leaves `only` and `except` as they are: they cannot stand beside `rules` in one job,
cannot make a job manual or optional or give it a variable for one case alone, and their defaults surprise (a job
without either runs for branches and tags, and never in a merge request's pipeline).

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
  only:
    - tags
```

Instead
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

| `only` | `rules` |
| --- | --- |
| `tags` | `if: $CI_COMMIT_TAG` |
| `main` | `if: $CI_COMMIT_BRANCH == "main"` |
| `merge_requests` | `if: $CI_PIPELINE_SOURCE == "merge_request_event"` |
| `schedules` | `if: $CI_PIPELINE_SOURCE == "schedule"` |

Fix safety
----------
The fix writes `rules` that let the job run in the same pipelines, and does nothing where `rules` cannot say the
same (`kubernetes`, a delayed job) or would take more than six of them. It is unsafe for one reason: it takes a
name for that of a branch. `only: [main]` lets the job run for a tag called `main` too, and
`$CI_COMMIT_BRANCH == "main"` does not. A job that waits for a person keeps its leave to fail, as
`allow_failure: true`.

Limits
------
Nothing breaks today; the finding is for information.

References
----------
- https://docs.gitlab.com/ci/yaml/deprecated_keywords/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.modern_conditions import to_rules
from bot.core.edits.target import jobs_with_value
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of
from bot.core.poetry.fixes import Offer, offered
from bot.core.rule import Rule

ID = "deprecated-only-except"


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs with `only` or `except`."""
    for job in context.pipeline.jobs if context.pipeline else ():
        keywords = [name for name in ("only", "except") if job.data.get(name) is not None]
        if not keywords:
            continue
        location = job.origins.get((keywords[0],), job.key)
        named = " and ".join(f"`{name}`" for name in keywords)
        yield Finding(
            rule=ID,
            severity=Severity.INFO,
            confidence=Confidence.HIGH,
            message=f"`{job.name}` uses {named}, which GitLab has deprecated: say it with `rules`.",
            location=location,
            job=job.name,
            subject=owner_of(context.snapshot, location),
            **_offer(context, job, keywords[0]),
        )


def _offer(context: Context, job: Job, keyword: str) -> Offer:
    jobs = jobs_with_value(context.pipeline, job, keyword) if context.pipeline else ()
    whom = f"`{job.name}` runs" if len(jobs) < 2 else f"{len(jobs)} jobs run"  # noqa: PLR2004 - one or several
    title = f"Say with `rules` when {whom}"
    return offered(context, title, Applicability.UNSAFE, jobs or (job,), to_rules)


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check, fix=Applicability.UNSAFE)
