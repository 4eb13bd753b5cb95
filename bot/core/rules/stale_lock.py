"""`poetry.lock` does not belong to `pyproject.toml` any more.

Why
---
Somebody changed the dependencies and did not lock again. Since Poetry 1.8 `poetry install` stops with
"pyproject.toml changed significantly since poetry.lock was last generated"; older versions only warn and
install the old set, so the new dependency is missing when the tests run.

Example
-------
```toml poetry.lock
package = []

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "0000000000000000000000000000000000000000000000000000000000000000"
```

```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Instead
-------
Run `poetry lock` (with Poetry 1 `poetry lock --no-update`) and commit the result:

```toml poetry.lock
package = []

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "81b2fa642d7f2d1219cf80112ace12d689d053d81be7f7addb98144d56fc0fb2"
```

```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Limits
------
The hash covers dependencies, groups, extras and sources; a changed version or description never makes a lock
stale. A lock that one Poetry takes and another refuses is reported only for jobs whose Poetry is known.

References
----------
- https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control
- https://python-poetry.org/docs/cli/#lock
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from packaging.version import Version

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.poetry.version import effective_version
from bot.core.python.content_hash import is_fresh, is_stale_for_all
from bot.core.python.lock import Lock
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import poetry_calls

ID = "stale-lock"
_REFUSES = Version("1.8")


def check(context: Context) -> Iterator[Finding]:
    """Compare the lock's hash with that of the project, as the jobs' Poetry does."""
    project, lock = context.project, context.lock
    if project is None or lock is None or project.error or lock.error or not project.uses_poetry:
        return
    if not lock.content_hash or _locks_itself(context):
        return
    if is_stale_for_all(project.data, lock):
        severity = Severity.WARNING if _only_warns(context) else Severity.ERROR
        yield replace(_finding(context, lock, _effect(context)), severity=severity)
        return
    for installation in context.installations:
        version, certain = effective_version(context, installation.job)
        if certain and not is_fresh(project.data, lock, version):
            made_by = f"made by Poetry {lock.generator}" if lock.generator else "made by another Poetry"
            effect = (
                f"it was {made_by}, and Poetry {version} in `{installation.job.name}` reads the project otherwise"
            )
            yield _finding(context, lock, effect, installation.job.name)


def _locks_itself(context: Context) -> bool:
    jobs = context.pipeline.jobs if context.pipeline else ()
    return any(any(poetry_calls(job.commands, "lock", "update", "add")) for job in jobs)


def _effect(context: Context) -> str:
    if _only_warns(context):
        return "`poetry install` warns and installs the old set"
    return "`poetry install` stops there" if context.installations else "the next `poetry install` stops there"


def _only_warns(context: Context) -> bool:
    versions = [effective_version(context, installation.job) for installation in context.installations]
    return bool(versions) and all(certain and version < _REFUSES for version, certain in versions)


def _finding(context: Context, lock: Lock, effect: str, job: str | None = None) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{lock.path}` does not belong to `pyproject.toml`: {effect}. "
            "Run `poetry lock` and commit the result."
        ),
        location=_place(context, lock),
        job=job,
        subject="content-hash",
    )


def _place(context: Context, lock: Lock) -> Location:
    text = context.snapshot.text(lock.path) or ""
    at = text.rfind("content-hash")
    if at < 0:
        return context.whole_file(lock.path)
    file = context.snapshot.files[lock.path]
    return Location(lock.path, file.lines.line_span(file.lines.position(at).line))


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
