"""A job installs system packages in a way that fails or waits for an answer.

Why
---
Images are shipped without package lists: `apt-get install` without `apt-get update` before it ends with `Unable
to locate package`. Without `-y` it asks "Do you want to continue?", gets no answer in a job, and aborts.

Example
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - apt-get install -y libpq-dev
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - apt-get update && apt-get install -y libpq-dev
    - pip install poetry==2.1.4
    - poetry install
```

Limits
------
An image of the project's own may hold package lists or a setting that answers; only public images are judged.

References
----------
- https://manpages.debian.org/apt-get
- https://docs.docker.com/build/building/best-practices/#apt-get
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.environment import commands_before
from bot.core.poetry.runs import image_of
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.system_install import SystemInstall, system_installs
from bot.core.system.images import inspect_image

ID = "broken-system-install"


def check(context: Context) -> Iterator[Finding]:
    """Yield installations by apt that cannot work."""
    for job in context.pipeline.jobs if context.pipeline else ():
        installs = [one for one in system_installs(job.commands) if one.manager == "apt" and one.packages]
        if not installs or not _is_public(context, job) or context.hidden_template(job):
            continue
        reasons = [(install, _reason(job, install)) for install in installs if not install.command.conditional]
        yield from (_finding(job, install, reason) for install, reason in reasons if reason)


def _is_public(context: Context, job: Job) -> bool:
    rows = job.matrix or ({},)
    references = [image_of(job, row) for row in rows]
    today = context.snapshot.facts.today
    return all(reference and inspect_image(reference, today).complete for reference in references)


def _reason(job: Job, install: SystemInstall) -> str:
    before = commands_before(job, install.command)
    has_lists = install.refreshed or any(_may_refresh(command) for command in before)
    if not has_lists and not any("/" in word.text for word in install.packages):
        return "finds no package: the image has no package lists until `apt-get update` fetches them"
    if not install.assumes_yes and not install.command.pipe_from:
        return "asks for an answer that nobody gives, and aborts: add `-y`"
    return ""


def _may_refresh(command: Command) -> bool:
    """Whether a command runs something that is not at hand and may fetch the lists itself."""
    head = command.words[0].text
    return (
        command.name in {"bash", "sh", "add-apt-repository", "make", "eval"} or "/" in head or head.endswith(".sh")
    )


def _finding(job: Job, install: SystemInstall, reason: str) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{install.command.name} install` in `{job.name}` {reason}.",
        location=place_of_command(job, install.command),
        job=job.name,
        subject=reason[:5],
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
