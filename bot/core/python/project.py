"""`pyproject.toml` as Poetry reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.core.finding import Location
from bot.core.source import SourceFile


@dataclass(frozen=True, kw_only=True)
class Project:
    """What the rules use of `pyproject.toml`, from `[project]` and `[tool.poetry]`.

    ``data`` is the whole document. ``error`` says why it is no valid TOML (then the rest is empty) and
    ``error_line`` where, counted from 1. ``version_at`` is the value's place without its quotes.
    """

    path: str = "pyproject.toml"
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    error: str = ""
    error_line: int = 1
    name: str | None = None
    version: str | None = None
    version_at: Location | None = None
    dynamic_version: bool = False
    requires_python: str | None = None
    uses_poetry: bool = False
    package_mode: bool = True
    groups: tuple[str, ...] = ()
    optional_groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def read_project(file: SourceFile | None) -> Project | None:
    """Read the file; None where it is not there. Broken TOML gives a Project with ``error``."""
    raise NotImplementedError
