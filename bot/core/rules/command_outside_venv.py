"""A tool that Poetry installed is called outside its virtual environment.

Why
---
`poetry install` puts packages into a virtual environment that the shell does not know. The next line `pytest`
ends with `pytest: command not found`, or, when the image has a pytest of its own, tests without the project's
dependencies.

Example
-------
The lock holds pytest:

```toml poetry.lock
[[package]]
name = "pytest"
version = "8.3.4"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = []

[metadata]
lock-version = "2.1"
python-versions = "^3.11"
content-hash = "0"
```

```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
    - pytest
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
    - poetry run pytest
```

Or activate the environment once: `source "$(poetry env info --path)/bin/activate"`.

Fix safety
----------
The fix puts `poetry run` in front of the command. The call failed before, or ran another tool than the locked
one.

Limits
------
Only public images, whose Python has no environment active, and tools with a well-known command whose package is
in the lock, and which the job does not install in another way. With `virtualenvs.create false` everything is in
the image's own Python, and nothing is reported.

References
----------
- https://python-poetry.org/docs/basic-usage/#using-your-virtual-environment
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.context import Context
from bot.core.edits.fragments import replace_fragment
from bot.core.finding import Confidence, Finding, Severity
from bot.core.fix import Applicability
from bot.core.poetry.anchors import owner_of, place_of_command
from bot.core.poetry.caching import Installation
from bot.core.poetry.environment import settings_at
from bot.core.poetry.fixes import Offer, jobs_of_command, offered
from bot.core.poetry.runs import image_of
from bot.core.rule import Rule
from bot.core.shell_script.environments import activations, made_environments
from bot.core.shell_script.model import Command
from bot.core.shell_script.programs import outer_program
from bot.core.system.images import describe_image

ID = "command-outside-venv"
# Commands of packages that projects use in pipelines, by the command's name.
_PACKAGES = {
    "pytest": "pytest", "py.test": "pytest", "coverage": "coverage", "mypy": "mypy", "ruff": "ruff",
    "black": "black", "flake8": "flake8", "isort": "isort", "pylint": "pylint", "bandit": "bandit",
    "sphinx-build": "sphinx", "mkdocs": "mkdocs", "alembic": "alembic", "django-admin": "django",
    "pre-commit": "pre-commit", "behave": "behave", "vulture": "vulture", "pyright": "pyright",
    "pdoc": "pdoc", "poe": "poethepoet", "nbqa": "nbqa", "safety": "safety", "radon": "radon",
}  # fmt: skip
_INSTALLERS = frozenset(
    {"pip", "pipx", "uv", "uvx", "conda", "apt-get", "apt", "apk", "dnf", "yum", "brew", "mamba"}
)


def check(context: Context) -> Iterator[Finding]:
    """Yield calls of locked tools behind an installation that the shell does not see."""
    for installation in context.installations:
        if context.lock is None or _shell_sees(context, installation):
            continue
        for command in _behind(installation):
            package = _PACKAGES.get(_tool(command), "")
            if (
                package
                and context.lock.package(package)
                and not _installed_otherwise(installation, command, package)
            ):
                yield _finding(context, installation, command)


def _shell_sees(context: Context, installation: Installation) -> bool:
    """Whether the environment may be active, or none is made."""
    job, commands = installation.job, installation.job.commands
    settings = settings_at(job, installation.calls[0], context.poetry_config.settings)
    create = settings.get("virtualenvs.create")
    if (
        (create is not None and not create.is_true)
        or any(activations(commands))
        or any(made_environments(commands))
    ):
        return True
    references = [image_of(job, row) for row in job.matrix or ({},)]
    today = context.snapshot.facts.today
    if not all(reference and describe_image(reference, today).distribution for reference in references):
        return True  # an image of the project's own may have an environment active
    names = {"PATH", "VIRTUAL_ENV"}
    return bool(names & job.variables.keys()) or any(names & command.assignments.keys() for command in commands)


def _behind(installation: Installation) -> Iterator[Command]:
    commands = installation.job.commands
    at = commands.index(installation.calls[0].command)
    yield from (
        command for command in commands[at + 1 :] if not command.origin and command.section != "after_script"
    )


def _tool(command: Command) -> str:
    if "/" in command.words[0].text:
        return ""
    program = outer_program(command)
    return program.name if program.name in _PACKAGES and not command.substituted else ""


def _installed_otherwise(installation: Installation, command: Command, package: str) -> bool:
    commands = installation.job.commands
    for earlier in commands[: commands.index(command)]:
        if outer_program(earlier).name in _INSTALLERS and _may_hold(earlier, package):
            return True
    return False


def _may_hold(command: Command, package: str) -> bool:
    texts = command.arguments
    opaque = {"-r", "--requirement", "-e", "."} & set(texts) or any("$" in text or "/" in text for text in texts)
    return bool(opaque) or any(text.lower().startswith(package) for text in texts)


def _finding(context: Context, installation: Installation, command: Command) -> Finding:
    job = installation.job
    name = _tool(command)
    location = place_of_command(job, command)
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=(
            f"`{name}` in `{job.name}` runs outside the environment that Poetry installed it into: "
            f"write `poetry run {name}`."
        ),
        location=location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, location)} {name}",
        **_fix(context, installation, command),
    )


def _fix(context: Context, installation: Installation, command: Command) -> Offer:
    location = command.words[0].location
    if location is None:
        return Offer(fix_refused="the command cannot be found in the file")
    return offered(
        context,
        f"Run `{_tool(command)}` in Poetry's environment",
        Applicability.SAFE,
        jobs_of_command(context, installation.job, command),
        lambda target: replace_fragment(target, location, f"poetry run {command.words[0].text}"),
        about=location,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
