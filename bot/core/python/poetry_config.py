"""`poetry.toml`: a project's own Poetry settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.core.source import SourceFile


@dataclass(frozen=True, slots=True)
class PoetryConfig:
    """Settings by dotted name (`virtualenvs.in-project`), as text (`true`)."""

    settings: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


def read_poetry_config(file: SourceFile | None) -> PoetryConfig:
    """Read the file; an absent or broken one has no settings."""
    raise NotImplementedError
