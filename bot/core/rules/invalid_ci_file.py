"""GitLab would refuse the CI file.

Why
---
With an invalid file GitLab starts no pipeline at all: the merge request shows "yaml invalid", nothing is
tested, and a push to the default branch passes unseen.

Example
-------
```yaml
stages: [test]

lint:
  stage: lint
  script:
    - echo hello
```

Instead
-------
```yaml
stages: [lint]

lint:
  stage: lint
  script:
    - echo hello
```

Limits
------
What an include that is not at hand defines (stages, templates, jobs) cannot be judged: whether such a name is
missing is not asked then.

References
----------
- https://docs.gitlab.com/ci/yaml/
- https://docs.gitlab.com/ci/yaml/lint/
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from bot.core.ci.keywords import job_keywords
from bot.core.ci.model import Pipeline, Problem
from bot.core.ci.unfilled import is_unfilled
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.rule import Rule

ID = "invalid-ci-file"
_TOLERATED = frozenset({"duplicate-key"})  # GitLab takes the last one and says nothing


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield why the file cannot be read, or what GitLab would refuse in it."""
    snapshot = context.snapshot
    problem = context.ci_error
    if problem is not None:
        if not is_unfilled(snapshot.text(snapshot.ci_path) or ""):
            yield _finding(problem, Severity.ERROR)
        return
    if context.pipeline is None:
        return
    for found in (*context.pipeline.problems, *_unknown_keywords(context.pipeline)):
        yield _finding(found, Severity.WARNING if found.code in _TOLERATED else Severity.ERROR)
    if context.pipeline.unknown_includes:
        name = context.pipeline.unknown_includes[0].name
        yield Skipped(
            ID, f"`{name}`, which is not at hand, may define the jobs, templates and stages that are missing"
        )


def _unknown_keywords(pipeline: Pipeline) -> Iterator[Problem]:
    known = job_keywords()
    for job in pipeline.jobs:
        for name in job.data:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f", did you mean `{close[0]}`?" if close else ""
                message = f"`{name}` in `{job.name}` is no keyword of a job{hint}"
                yield Problem("unknown-keyword", message, job.origins.get((name,), job.key), job.name)


def _finding(problem: Problem, severity: Severity) -> Finding:
    message = problem.message.strip().rstrip(".")
    return Finding(
        rule=ID,
        severity=severity,
        confidence=Confidence.HIGH,
        message=f"{message[:1].upper()}{message[1:]}" + ("" if message.endswith("?") else "."),
        location=problem.location,
        job=problem.job,
        subject=f"{problem.code} {problem.message}",
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
