"""A line is meant to activate Poetry's environment and does not.

Why
---
`poetry shell` opens a new shell that ends at once in a job. `poetry env activate` only prints the line that
would activate. A script that is started (`./.venv/bin/activate`) instead of sourced changes a shell of its own.
Worst is `eval $(poetry env activate)` with Poetry 1: that command does not exist there, the line passes all the
same, and the job goes on outside the environment, green.

Example
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==1.8.5
    - poetry install
    - poetry shell
    - python -m pytest
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==1.8.5
    - poetry install
    - source "$(poetry env info --path)/bin/activate"
    - python -m pytest
```

With Poetry 2 `eval $(poetry env activate)` does the same; `poetry run` in front of each command needs no
activation.

Limits
------
A `poetry env activate` whose output goes into a file or a variable is not judged.

References
----------
- https://python-poetry.org/docs/managing-environments/#activating-the-environment
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.version import effective_version
from bot.core.rule import Rule
from bot.core.shell_script.environments import Activation, activations

ID = "broken-activation"
_REASONS = {
    "printed": "only prints the line that would activate the environment: write `eval $(poetry env activate)`",
    "shell": "opens a shell that ends at once: write `poetry run` in front of the commands that follow",
    "executed": "is run in a shell of its own, which ends with it: write `source` in front of the file",
}


def check(context: Context) -> Iterator[Finding]:
    """Yield activations without effect."""
    for job in context.pipeline.jobs if context.pipeline else ():
        for activation in activations(job.commands):
            reason = _reason(context, job, activation)
            if reason:
                yield _finding(job, activation, reason)


def _reason(context: Context, job: Job, activation: Activation) -> str:
    command = activation.command
    if activation.kind == "printed" and (command.output or command.pipe_to or command.substituted):
        return ""
    if activation.kind == "poetry-activate":
        version, certain = effective_version(context, job)
        gone = certain and version < Version("2.0")
        return (
            f"does nothing with Poetry {version}, which has no `env activate`, and the job goes on" if gone else ""
        )
    return _REASONS.get(activation.kind, "")


def _finding(job: Job, activation: Activation, reason: str) -> Finding:
    text = " ".join(word.text for word in activation.command.words)
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{text}` in `{job.name}` {reason}.",
        location=place_of_command(job, activation.command),
        job=job.name,
        subject=activation.kind,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
