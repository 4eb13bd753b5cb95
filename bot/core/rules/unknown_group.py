"""A job installs a dependency group or an extra that the project does not have.

Why
---
Since Poetry 1.5 `poetry install --with docs` stops with `Group(s) not found: docs`; older versions pass over
the name, and the tools are missing when they are called. An unknown extra stops every Poetry: `Extra [pdf] is
not specified`.

Example
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"

[tool.poetry.group.test.dependencies]
pytest = "^8"
```

```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install --with tests
```

Instead
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"

[tool.poetry.group.test.dependencies]
pytest = "^8"
```

```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install --with test
```

Limits
------
Only calls in the root of the repository, whose `pyproject.toml` is at hand.

References
----------
- https://python-poetry.org/docs/managing-dependencies/#dependency-groups
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from packaging.utils import canonicalize_name

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import place_of_command
from bot.core.python.project import Project
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls

ID = "unknown-group"


def check(context: Context) -> Iterator[Finding]:
    """Yield names behind `--with`, `--without`, `--only` and `--extras` that the project lacks."""
    project = context.project
    if project is None or project.error or not project.uses_poetry:
        return
    for job in context.pipeline.jobs if context.pipeline else ():
        for call in poetry_calls(job.commands, "install", "sync", "update", "export"):
            if call.directory == "":
                yield from _unknown(project, job, call)


def _unknown(project: Project, job: Job, call: PoetryCall) -> Iterator[Finding]:
    groups = {canonicalize_name(name) for name in project.groups}
    named = (*call.only, *call.with_groups, *([] if call.arguments.has("--no-dev") else call.without))
    for kind, names, known in (("group", named, groups), ("extra", call.extras, set(project.extras))):
        for name in names:
            if "$" not in name and "`" not in name and canonicalize_name(name) not in known:
                yield _finding(job, call, f"{kind} `{name}`", _nearest(name, sorted(known)))


def _nearest(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; it has {', '.join(f'`{one}`' for one in known)}." if known else "."


def _finding(job: Job, call: PoetryCall, what: str, advice: str) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"`{job.name}` names the {what}, which the project does not have{advice}",
        location=place_of_command(job, call.command),
        job=job.name,
        subject=what,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
