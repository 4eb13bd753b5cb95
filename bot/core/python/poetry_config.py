"""`poetry.toml`: a project's own Poetry settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.python.toml import parse_toml
from bot.core.source import SourceFile


@dataclass(frozen=True, slots=True)
class PoetryConfig:
    """Settings by dotted name (`virtualenvs.in-project`), as text (`true`)."""

    settings: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    error_line: int = 1


def read_poetry_config(file: SourceFile | None) -> PoetryConfig:
    """Read the file; an absent or broken one has no settings."""
    if file is None:
        return PoetryConfig()
    document = parse_toml(file.text)
    return PoetryConfig(dict(_flat(document.data, "")), document.error, document.error_line)


def read_settings(text: str) -> Mapping[str, str]:
    """Return the settings of a file's text; none where it is broken."""
    return dict(_flat(parse_toml(text).data, ""))


def _flat(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, bool):
            yield f"{prefix}{key}", str(value).lower()
        else:
            yield f"{prefix}{key}", str(value)
