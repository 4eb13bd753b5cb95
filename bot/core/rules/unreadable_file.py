"""A project file cannot be read.

Why
---
Poetry, pip and GitLab stop at a `pyproject.toml` or `poetry.toml` that is no TOML, often with a message that
names neither the file nor the line. The usual reason is a merge conflict that was committed with its markers.

Example
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0
```

Instead
-------
```toml
[tool.poetry]
name = "demo"
version = "0.1.0"
```

Limits
------
`poetry.lock` has a rule of its own, and so has the CI file. What Poetry would refuse in a readable file is not
checked.

References
----------
- https://toml.io/en/v1.0.0
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.unfilled import is_unfilled
from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.rule import Rule
from bot.core.span import Span

ID = "unreadable-file"


def check(context: Context) -> Iterator[Finding]:
    """Yield files that are no text, and project files that are no TOML."""
    for path, reason in context.snapshot.unreadable.items():
        if _is_for_pip(path):  # pip goes by the byte order mark, and Windows' shells write one
            continue
        yield _finding(f"{reason}.", Location(path, Span(0, 0)), path)
    text = context.snapshot.text("pyproject.toml") or ""
    if context.project is not None and context.project.error and not is_unfilled(text):
        yield _broken(context, context.project.path, context.project.error, context.project.error_line)
    if context.poetry_config.error:
        yield _broken(context, "poetry.toml", context.poetry_config.error, context.poetry_config.error_line)


def _is_for_pip(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(".txt") and ("requirements" in name or "constraints" in name)


def _broken(context: Context, path: str, error: str, line: int) -> Finding:
    file = context.snapshot.files[path]
    line = min(line, file.lines.line_count)
    return _finding(
        f"`{path}` cannot be read (line {line}): {error}.", Location(path, file.lines.line_span(line)), path
    )


def _finding(message: str, location: Location, path: str) -> Finding:
    return Finding(
        rule=ID,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        message=message,
        location=location,
        subject=path,
    )


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check)
