"""A job runs in an image whose tag moves.

Why
---
`python:latest` (or `python` with no tag) becomes another Python every October, and `python:3` with it. A
pipeline that was green in September then fails on packages without wheels for the new Python, or quietly tests
something else than what is deployed. The tag also moves to a new Debian release, where packages have other
names.

Example
-------
```yaml
test:
  image: python:latest
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim-bookworm
  script:
    - pip install poetry==2.1.4
    - poetry install
```

A minor version (`python:3.12`) still gets security fixes. The release of the distribution (`bookworm`) keeps
the names of system packages stable.

Limits
------
Looked at are Python images and the images of jobs that use Poetry. An image behind an unknown variable is
skipped, and one with a digest is pinned.

References
----------
- https://hub.docker.com/_/python
- https://docs.gitlab.com/ci/yaml/#image
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.core.ci.model import Image, Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.system.references import parse_reference

ID = "unpinned-image"
_MAJOR_ONLY = re.compile(r"3(?:-[a-z]+)*|slim|alpine|bookworm|bullseye|trixie")


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs whose image is another one some day."""
    for job in context.pipeline.jobs if context.pipeline else ():
        image = job.image
        if image is None or image.reference is None or "@" in image.reference:
            continue
        reference = parse_reference(image.reference)
        if reference is None or not (reference.name == "python" or any(poetry_calls(job.commands))):
            continue
        if reference.tag == "latest":
            yield _finding(job, image, Severity.WARNING, "moves to every new release")
        elif reference.name == "python" and _MAJOR_ONLY.fullmatch(reference.tag):
            yield _finding(job, image, Severity.WARNING, "becomes another Python every year")


def _finding(job: Job, image: Image, severity: Severity, effect: str) -> Finding:
    return Finding(
        rule=ID,
        severity=severity,
        confidence=Confidence.HIGH,
        message=f"`{image.name.value}` {effect}: name the version that `{job.name}` is meant for.",
        location=image.name.location,
        job=job.name,
        subject=image.name.value,
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check)
