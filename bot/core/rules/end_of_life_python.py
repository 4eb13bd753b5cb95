"""A job runs on a Python that gets no security fixes any more.

Why
---
Five years after its release a Python version is closed. Packages drop it in the months around that day: the
newest Poetry no longer installs on it (Python 3.8 stays at Poetry 1.8), new releases of dependencies have no
wheels for it, and its images are rebuilt no more.

Example
-------
```yaml
test:
  image: python:3.8-slim
  script:
    - pip install poetry==1.8.5
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Limits
------
A library may support an old Python on purpose; then an inline ignore with the reason is right. The finding
needs to know the day and the image's Python.

References
----------
- https://devguide.python.org/versions/
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.runs import Run, runs_of
from bot.core.python.lifetimes import end_of_life, maintained
from bot.core.rule import Rule

ID = "end-of-life-python"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield jobs of a closed Python."""
    today = context.snapshot.facts.today
    if context.pipeline is None or not context.uses_poetry:
        return
    if today is None:
        yield Skipped(ID, "the day is not known")
        return
    for job in context.pipeline.jobs:
        found = {run.python: run for run in runs_of(job, today) if run.python}
        for python, run in found.items():
            end = end_of_life(python)
            if end is not None and end <= today:
                yield _finding(run, python, end, today)


def _finding(run: Run, python: str, end: date, today: date) -> Finding:
    job = run.job
    return Finding(
        rule=ID,
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        message=(
            f"`{job.name}` runs on Python {python}, which gets no security fixes since {end.isoformat()}. "
            f"Maintained are {', '.join(maintained(today))}."
        ),
        location=job.image.name.location if job.image else job.key,
        job=job.name,
        subject=python,
    )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check)
