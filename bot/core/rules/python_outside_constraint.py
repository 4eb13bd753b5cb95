"""A job's Python is not one that the project allows.

Why
---
Poetry refuses: "The currently activated Python version 3.9.18 is not supported by the project (^3.10)", looks
for another interpreter, finds none in the image, and the job fails.

Example
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"
```

```yaml
test:
  image: python:3.10-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.10"
```

```yaml
test:
  image: python:3.10-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Or run the job in an image of a Python that is allowed. Mind that `python = "3.11"` means 3.11.0 and nothing
else: write `~3.11` or `>=3.11,<3.12` for every 3.11.

Limits
------
Judged are installations in the root of the repository, on images whose Python is known and is the only one.

References
----------
- https://python-poetry.org/docs/dependency-specification/
- https://python-poetry.org/docs/managing-environments/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.caching import Installation
from bot.core.poetry.runs import Run, runs_of
from bot.core.python.constraints import Constraint, read_constraint
from bot.core.rule import Rule
from bot.core.shell_script.system_install import system_installs

ID = "python-outside-constraint"
_BRING_PYTHON = frozenset({"pyenv", "conda", "mamba", "micromamba", "uv", "mise", "asdf", "nix"})


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs that install on a Python outside the project's range."""
    constraint = read_constraint(context.project.requires_python if context.project else None)
    if constraint is None:
        return
    for installation in context.installations:
        if any(call.directory != "" for call in installation.calls) or _may_have_another(installation):
            continue
        for run in runs_of(installation.job, context.snapshot.facts.today):
            if run.python and not _allows(constraint, run.python):
                yield _finding(run, run.python, constraint)


def _allows(constraint: Constraint, python: str) -> bool:
    """Whether the image may have a release that is allowed: a minor version's tag names its newest."""
    return constraint.allows_any_of(python)


def _may_have_another(installation: Installation) -> bool:
    commands = installation.job.commands
    installed = {name for install in system_installs(commands) for name in install.names}
    return any(command.name in _BRING_PYTHON for command in commands) or any(
        name.startswith(("python", "poetry")) for name in installed
    )


def _finding(run: Run, python: str, constraint: Constraint) -> Finding:
    job = run.job
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{job.name}` runs on Python {python}, which the project does not allow (`{constraint.text}`): Poetry"
            " stops because it finds no other Python in the image."
        ),
        location=job.image.name.location if job.image else job.key,
        job=job.name,
        subject=python,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
