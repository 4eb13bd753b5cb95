"""A job installs system packages in a way that fails or waits for an answer.

Why
---
Images are shipped without package lists: `apt-get install` without `apt-get update` before it ends with `Unable
to locate package`. Without `-y` it asks "Do you want to continue?" as soon as a package needs another one, gets
no answer in a job, and aborts. And an Alpine image has no `apt-get` at all, as a Debian one has no `apk`.

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

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.environment import commands_before
from bot.core.poetry.runs import image_of, packages_of_image
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.system_install import SystemInstall, system_installs
from bot.core.system.distributions import package_manager
from bot.core.system.images import describe_image

ID = "broken-system-install"
_ADVICE = {"apt": "apt-get install", "apk": "apk add"}
_VERBS = {"apk": "add"}
_NO_LISTS = "finds no package: the image has no package lists until `apt-get update` fetches them"
_NO_ANSWER = "asks before it installs anything that a package needs, gets no answer, and aborts: add `-y`"


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield installations by apt that cannot work."""
    today = context.snapshot.facts.today
    for job in context.pipeline.jobs if context.pipeline else ():
        installs = [one for one in system_installs(job.commands) if one.packages]
        found = list(_foreign(job, installs, today))
        by_apt = [one for one in installs if one.manager == "apt"]
        held = packages_of_image(job, today) if by_apt and not found else None
        found += _findings(job, by_apt, held) if held is not None else []
        template = context.hidden_template(job)
        if found and template:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may run before it", job.name)
        else:
            yield from found


def _foreign(job: Job, installs: Iterable[SystemInstall], today: date | None) -> Iterator[Finding]:
    """Yield installations by the package manager of another distribution than every image of the job has."""
    references = [image_of(job, row) for row in job.matrix or ({},)]
    images = [describe_image(reference, today) if reference else None for reference in references]
    own = {package_manager(one.distribution, one.release) if one else "" for one in images}
    manager = own.pop() if len(own) == 1 else ""
    for install in installs if manager in _ADVICE else ():
        sure = not install.command.conditional and not install.command.ignored
        if sure and install.manager in _ADVICE and install.manager != manager:
            reason = f"does not run: `{references[0]}` has no such program, `{_ADVICE[manager]}` is its own"
            yield _finding(job, install, reason)


def _findings(job: Job, installs: Iterable[SystemInstall], held: Collection[str]) -> Iterator[Finding]:
    for install in installs:
        if install.command.conditional or not install.names - set(held):
            continue  # what is there already needs neither a list nor an answer
        if not _has_lists(job, install):
            yield _finding(job, install, _NO_LISTS)
        elif not install.assumes_yes and not install.command.pipe_from:
            yield _finding(job, install, _NO_ANSWER)


def _has_lists(job: Job, install: SystemInstall) -> bool:
    before = commands_before(job, install.command)
    by_file = any("/" in word.text for word in install.packages)
    return install.refreshed or by_file or any(_may_refresh(command) for command in before)


def _may_refresh(command: Command) -> bool:
    """Whether a command runs something that is not at hand and may fetch the lists itself."""
    head = command.words[0].text
    return (
        command.name in {"bash", "sh", "add-apt-repository", "make", "eval"} or "/" in head or head.endswith(".sh")
    )


def _finding(job: Job, install: SystemInstall, reason: str) -> Finding:
    fails = reason is not _NO_ANSWER
    return Finding(
        rule=ID,
        severity=Severity.ERROR if fails else Severity.WARNING,
        confidence=Confidence.HIGH if fails else Confidence.MEDIUM,
        message=f"`{install.command.name} {_VERBS.get(install.manager, 'install')}` in `{job.name}` {reason}.",
        location=place_of_command(job, install.command),
        job=job.name,
        subject="lists" if reason is _NO_LISTS else "program" if fails else "answer",
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
