"""A job installs all dependencies and then only builds or publishes.

Why
---
`poetry build` and `poetry publish` need Poetry and the project's files, not the project's dependencies: the
build runs in an environment of its own. The installation costs its whole time in every release, and a
dependency that cannot be installed that day stops a release that has nothing to do with it.

Example
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Instead
-------
```yaml
publish:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry publish --build
  rules:
    - if: $CI_COMMIT_TAG
```

Limits
------
Only jobs whose commands are all known not to need the environment. A build script of the project may want
packages at hand; it declares them in `[build-system]`.

References
----------
- https://python-poetry.org/docs/cli/#build
- https://python-poetry.org/docs/building-extension-modules/
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity
from bot.core.poetry.anchors import owner_of, place_of_command
from bot.core.poetry.caching import Installation
from bot.core.rule import Rule
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import poetry_call

ID = "needless-install"
_RELEASING = frozenset({"build", "publish"})
# What a job may do beside without the project's environment.
_POETRY = frozenset({"build", "publish", "config", "version", "install", "sync", "check", "self", ""})
_HARMLESS = frozenset(
    {
        "pip",
        "pip3",
        "pipx",
        "apt-get",
        "apt",
        "apk",
        "echo",
        "cd",
        "export",
        "ls",
        "cat",
        "cp",
        "mkdir",
        "curl",
        "git",
    }
)


def check(context: Context) -> Iterator[Finding]:
    """Yield jobs that install for a build or an upload."""
    for installation in context.installations:
        job = installation.job
        if job.after_script or not _only_releases(installation):
            continue
        location = place_of_command(job, installation.calls[0].command)
        yield Finding(
            rule=ID,
            severity=Severity.INFO,
            confidence=Confidence.HIGH,
            message=f"`{job.name}` installs all dependencies, but building and publishing need none of them.",
            location=location,
            job=job.name,
            subject=owner_of(context.snapshot, location),
        )


def _only_releases(installation: Installation) -> bool:
    commands = installation.job.commands
    calls = [call for call in map(poetry_call, commands) if call is not None]
    return any(call.subcommand in _RELEASING for call in calls) and all(map(_is_harmless, commands))


def _is_harmless(command: Command) -> bool:
    call = poetry_call(command)
    if call is not None:
        return call.subcommand.partition(" ")[0] in _POETRY
    by_module = command.name.startswith("python") and command.arguments[:2] == ("-m", "pip")
    return (command.name in _HARMLESS or by_module) and "/" not in command.words[0].text


RULE = Rule(id=ID, severity=Severity.INFO, confidence=Confidence.HIGH, check=check)
