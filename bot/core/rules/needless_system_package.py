"""A job installs system packages that its image has already.

Why
---
The full `python:3.12` image comes with compilers, `git`, `curl` and the headers of many libraries. Installing
them again downloads the package lists for nothing, in every run, and fails when the mirror is away.

Example
-------
```yaml
test:
  image: python:3.12
  script:
    - apt-get update && apt-get install -y gcc git
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Limits
------
Only public images whose packages are known are judged, and only an installation of which nothing is new: one
package that is missing needs the lists anyway.

References
----------
- https://hub.docker.com/_/python
- https://hub.docker.com/_/buildpack-deps
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import owner_of, place_of_command
from bot.core.poetry.runs import packages_of_image
from bot.core.rule import Rule
from bot.core.shell_script.system_install import SystemInstall, system_installs

ID = "needless-system-package"


def check(context: Context) -> Iterator[Finding]:
    """Yield installations of nothing but what is there."""
    for job in context.pipeline.jobs if context.pipeline else ():
        installs = [one for one in system_installs(job.commands) if _is_plain(one)]
        held = packages_of_image(job, context.snapshot.facts.today) if installs else None
        for install in installs if held else ():
            if held and install.names <= held:
                yield _finding(context, job, install)


def _is_plain(install: SystemInstall) -> bool:
    """Whether all packages are known by name alone; a version or a file may well be another one."""
    texts = [word.text for word in install.packages if word.known]
    return len(texts) == len(install.packages) > 0 and not any(set("=/*~<>") & set(text) for text in texts)


def _finding(context: Context, job: Job, install: SystemInstall) -> Finding:
    location = place_of_command(job, install.command)
    names = ", ".join(f"`{name}`" for name in sorted(install.names))
    return Finding(
        rule=ID,
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        message=f"`{job.name}` installs {names}, which its image has already.",
        location=location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, location)} {' '.join(sorted(install.names))}",
    )


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check)
