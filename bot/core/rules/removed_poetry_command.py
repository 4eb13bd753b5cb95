"""A job calls a command that Poetry 2 does not have by itself.

Why
---
`poetry export` and `poetry shell` left Poetry with 2.0 and live on as plug-ins. Without the plug-in the call
ends with `The command "export" does not exist` (2.0) or `The requested command export does not exist` (2.1 and
later).

Example
-------
```yaml
build:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry export -o requirements.txt
```

Instead
-------
```yaml
build:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4 poetry-plugin-export
    - poetry export -o requirements.txt
```

Limits
------
A plug-in that the image brings is not seen; the finding is certain where the job installs Poetry itself.

References
----------
- https://github.com/python-poetry/poetry-plugin-export
- https://python-poetry.org/blog/announcing-poetry-2.0.0/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.releases import Lifespan, lifespans
from bot.core.poetry.version import effective_version, poetry_source
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls

ID = "removed-poetry-command"


def check(context: Context) -> Iterator[Finding]:
    """Yield calls of commands that the job's Poetry lacks."""
    gone = {one.command: one for one in lifespans() if not one.option and one.removed is not None}
    for job in context.pipeline.jobs if context.pipeline else ():
        source = poetry_source(job)
        if source is None or source.setup is None or _has_plugin(context, job):
            continue
        version, certain = effective_version(context, job)
        for call in poetry_calls(job.commands):
            lifespan = gone.get(call.subcommand)
            if lifespan and lifespan.is_gone(version) and not call.command.ignored:
                yield _finding(job, call, lifespan, certain=certain)


def _has_plugin(context: Context, job: Job) -> bool:
    texts = [text for command in job.commands for text in command.arguments]
    if any("poetry-plugin" in text for text in texts):
        return True
    project = context.project
    return project is not None and "requires-plugins" in str(project.data.get("tool", {}).get("poetry", {}))


def _finding(job: Job, call: PoetryCall, lifespan: Lifespan, *, certain: bool) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        message=(
            f"Poetry {lifespan.removed} and later have no `{lifespan.command}` without a plug-in, and `{job.name}`"
            f" installs none: use `{lifespan.instead}`."
        ),
        location=place_of_command(job, call.command),
        job=job.name,
        subject=lifespan.command,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
