"""A job pins a Poetry that does not run on its Python.

Why
---
pip refuses with `No matching distribution found for poetry==2.3.2`, since Poetry 2.3 needs Python 3.10; or, the
other way round, an old Poetry installs and does not start: Poetry 1.1 fails on Python 3.12 with `No module
named 'six.moves'`.

Example
-------
```yaml
test:
  image: python:3.9-slim
  script:
    - pip install poetry==2.3.2
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.9-slim
  script:
    - pip install poetry==2.2.1
    - poetry install
```

Limits
------
Only exact versions and known Pythons are compared.

References
----------
- https://python-poetry.org/history/
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_word
from bot.core.poetry.releases import find_release, newest_for, runs_on
from bot.core.poetry.runs import Run, runs_of
from bot.core.poetry.version import poetry_source
from bot.core.rule import Rule
from bot.core.shell_script.poetry_setup import PoetrySetup

ID = "unsupported-poetry"
_BY_PIP = frozenset({"pip", "pipx", "uv"})


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs whose pinned Poetry and image do not go together."""
    for job in context.pipeline.jobs if context.pipeline else ():
        source = poetry_source(job)
        if source is None or source.version is None or source.setup is None or source.setup.manager not in _BY_PIP:
            continue
        for run in runs_of(job, context.snapshot.facts.today):
            if run.python and not _fits(source.version, run.python):
                yield _finding(run, run.python, source.version, source.setup)


def _fits(version: Version, python: str) -> bool:
    if version < Version("1.2") and Version(python) >= Version("3.12"):
        return False
    release = find_release(version)
    return release is None or runs_on(release, python)


def _finding(run: Run, python: str, version: Version, setup: PoetrySetup) -> Finding:
    job = run.job
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"Poetry {version} does not run on Python {python}, which `{job.name}` has. "
            f"The newest that does is {newest_for(python)}."
        ),
        location=place_of_word(job, setup.command, setup.word),
        job=job.name,
        subject=f"{version} {python}",
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
