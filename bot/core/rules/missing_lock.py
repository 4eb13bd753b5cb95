"""The pipeline installs with Poetry, and the repository has no `poetry.lock`.

Why
---
Without a lock Poetry works out all versions anew in every job. That takes long (each package's metadata is
fetched), two jobs of one pipeline can get different packages, and a release of some dependency breaks the
pipeline on a day when nobody changed anything. A cache cannot be keyed by the lock either.

Example
-------
```toml poetry.lock
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
Run `poetry lock` once, and commit `poetry.lock`:

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
A library may leave the lock out on purpose, to test against the newest dependencies; then ignore the finding
with that reason.

References
----------
- https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import poetry_calls

ID = "missing-lock"


def check(context: Context) -> Iterator[Finding]:
    """Yield one finding where the root project is installed and has no lock."""
    project, snapshot = context.project, context.snapshot
    if project is None or project.error or not project.uses_poetry:
        return
    if (
        "poetry.lock" in snapshot.files
        or "poetry.lock" in snapshot.unreadable
        or "poetry.lock" in (snapshot.paths or ())
    ):
        return
    in_root = [one for one in context.installations if any(call.directory == "" for call in one.calls)]
    if not in_root or any(any(poetry_calls(one.job.commands, "lock", "update")) for one in in_root):
        return
    yield Finding(
        rule=ID,
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        message=(
            f"`{in_root[0].job.name}` installs with Poetry, but there is no `poetry.lock`: versions are worked out"
            " anew in every job. Run `poetry lock` and commit the file."
        ),
        location=context.whole_file(project.path),
        subject="poetry.lock",
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.MEDIUM, check=check)
