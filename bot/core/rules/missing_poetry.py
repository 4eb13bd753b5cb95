"""A job runs Poetry in an image that does not have it.

Why
---
The job fails with `poetry: command not found` (exit status 127) at its first call. The official Python images
hold pip and nothing else of the kind.

Example
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - poetry install
    - poetry run pytest
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  before_script:
    - pip install poetry==2.1.4
  script:
    - poetry install
    - poetry run pytest
```

Limits
------
Only public images whose content is known are judged. A job that takes an environment over from another job, or
runs a script that is not in the repository, is left alone.

References
----------
- https://python-poetry.org/docs/#installation
- https://hub.docker.com/_/python
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.poetry.anchors import place_of_command
from bot.core.poetry.runs import image_of
from bot.core.rule import Rule
from bot.core.shell_script.environments import activations
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls
from bot.core.shell_script.poetry_setup import poetry_setups
from bot.core.system.images import inspect_image

ID = "missing-poetry"
_SHELLS = frozenset({"sh", "bash", "source", ".", "eval"})
# Installers whose targets are not written in the line: requirements, extras, environments of other tools.
_OPAQUE = frozenset(
    {"pip", "pip3", "uv", "pdm", "hatch", "tox", "nox", "conda", "mise", "asdf", "nix", "make", "pipx"}
)


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield jobs whose first call of Poetry finds no Poetry."""
    for job in context.pipeline.jobs if context.pipeline else ():
        call = next(poetry_calls(job.commands), None)
        if call is None or call.command.conditional or not _lacks_poetry(context, job, call):
            continue
        template = context.hidden_template(job)
        if template:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may install Poetry", job.name)
            continue
        image = job.image.name.value if job.image else ""
        yield Finding(
            rule=ID,
            severity=Severity.ERROR,
            confidence=Confidence.HIGH,
            message=f"`{job.name}` calls Poetry, but `{image}` does not have it and the job does not install it.",
            location=place_of_command(job, call.command),
            job=job.name,
            subject=image,
        )


def _lacks_poetry(context: Context, job: Job, call: PoetryCall) -> bool:
    if call.command.name != "poetry" or "/" in call.command.words[0].text or poetry_setups(job):
        return False
    if any(activations(job.commands)) or _may_bring_poetry(job, call):
        return False
    reference = image_of(job, {})
    known = inspect_image(reference, context.snapshot.facts.today) if reference else None
    return known is not None and known.complete and known.own_python


def _may_bring_poetry(job: Job, call: PoetryCall) -> bool:
    """Whether something in front of the call may install Poetry without saying so, or change the search path."""
    if "PATH" in job.variables or "PATH" in call.command.assignments:
        return True
    before = job.commands[: job.commands.index(call.command)]
    return any(
        command.name in _OPAQUE | _SHELLS or "/" in command.words[0].text or "PATH" in command.prefix
        for command in before
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
