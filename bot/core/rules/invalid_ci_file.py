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
What an include that is not at hand defines (stages, templates, jobs) cannot be judged, and nothing is said
about it.

References
----------
- https://docs.gitlab.com/ci/yaml/
- https://docs.gitlab.com/ci/yaml/lint/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Problem
from bot.core.ci.unfilled import is_unfilled
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.rule import Rule

ID = "invalid-ci-file"
_TOLERATED = frozenset({"duplicate-key"})  # GitLab takes the last one and says nothing


def check(context: Context) -> Iterator[Finding]:
    """Yield why the file cannot be read, or what GitLab would refuse in it."""
    snapshot = context.snapshot
    problem = context.ci_error
    if problem is not None:
        if not is_unfilled(snapshot.text(snapshot.ci_path) or ""):
            yield _finding(problem, Severity.ERROR)
        return
    for found in context.pipeline.problems if context.pipeline else ():
        yield _finding(found, Severity.WARNING if found.code in _TOLERATED else Severity.ERROR)


def _finding(problem: Problem, severity: Severity) -> Finding:
    message = problem.message.strip().rstrip(".")
    return Finding(
        rule=ID,
        severity=severity,
        confidence=Confidence.HIGH,
        message=f"{message[:1].upper()}{message[1:]}.",
        location=problem.location,
        job=problem.job,
        subject=f"{problem.code} {problem.message}",
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
