"""`poetry.lock` cannot be read, or not by the Poetry that a job has.

Why
---
Git's conflict markers make a lock unreadable: Poetry 2 says `Invalid statement (at line 18, column 1)` and
names neither the file nor the reason. And the format changes: a lock of Poetry 2 (lock version 2.1) stops
Poetry 1.2 and older, a lock of Poetry 1.3 (2.0) stops 1.1.

Example
-------
```toml poetry.lock
package = []

<<<<<<< HEAD
[metadata]
=======
```

Instead
-------
Take one side of the conflict and let Poetry write the file again (`git checkout --theirs poetry.lock`, then
`poetry lock`):

```toml poetry.lock
package = []

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "81b2fa642d7f2d1219cf80112ace12d689d053d81be7f7addb98144d56fc0fb2"
```

Limits
------
The Poetry of a job is known where it is pinned, or where pip installs the newest one on a Python that is known.

References
----------
- https://python-poetry.org/docs/basic-usage/#committing-your-poetrylock-file-to-version-control
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.poetry.releases import first_reader
from bot.core.poetry.version import effective_version
from bot.core.python.lock import Lock
from bot.core.python.versions import parse_version
from bot.core.rule import Rule

ID = "unreadable-lock"


def check(context: Context) -> Iterator[Finding]:
    """Yield a broken lock, or jobs whose Poetry is too old for it."""
    lock = context.lock
    if lock is None:
        return
    if lock.error:
        yield _broken(context, lock)
        return
    first = first_reader(lock.lock_version)
    for installation in context.installations if first else ():
        version, certain = effective_version(context, installation.job)
        if certain and first and version < first:
            yield _too_new(context, lock, installation.job.name, version)


def _broken(context: Context, lock: Lock) -> Finding:
    file = context.snapshot.files[lock.path]
    line = min(lock.error_line, file.lines.line_count)
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{lock.path}` cannot be read (line {line}): {lock.error}. Run `poetry lock` and commit the result."
        ),
        location=Location(lock.path, file.lines.line_span(line)),
        subject=lock.error,
    )


def _too_new(context: Context, lock: Lock, job: str, version: Version) -> Finding:
    made_by = parse_version(lock.generator or "")
    hint = f" It was made by Poetry {made_by}." if made_by else ""
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=f"Poetry {version} in `{job}` cannot read `{lock.path}` (lock version {lock.lock_version}).{hint}",
        location=context.whole_file(lock.path),
        job=job,
        subject=lock.lock_version,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
