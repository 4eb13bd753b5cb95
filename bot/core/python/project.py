"""`pyproject.toml` as Poetry reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from packaging.utils import canonicalize_name

from bot.core.finding import Location
from bot.core.python.toml import locate_text, parse_toml, table, tables_at, text_at, texts_at
from bot.core.source import SourceFile

_POETRY = ("tool", "poetry")
_BACKENDS = ("poetry.core.masonry.api", "poetry.masonry.api", "poetry_dynamic_versioning.backend")


@dataclass(frozen=True, slots=True)
class PackageSource:
    """A `[[tool.poetry.source]]`: where Poetry looks for packages. ``url`` is empty for PyPI."""

    name: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Project:
    """What the rules use of `pyproject.toml`, from `[project]` and `[tool.poetry]`.

    ``data`` is the whole document. ``error`` says why it is no valid TOML (then the rest is empty) and
    ``error_line`` where, counted from 1. ``version_at`` is the value's place without its quotes.
    ``version`` is None where a plug-in makes it (``dynamic_version``). ``requires_python`` is in the words of
    its table: PEP 440 for `[project]`, Poetry's own (`^3.10`) for `[tool.poetry.dependencies]`.
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
    requires_poetry: str | None = None
    uses_poetry: bool = False
    package_mode: bool = True
    groups: tuple[str, ...] = ()
    optional_groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    source_urls: tuple[PackageSource, ...] = ()

    @property
    def build_backend(self) -> str:
        """The build backend that the file names, empty where it names none."""
        return text_at(self.data, "build-system", "build-backend") or ""


def read_project(file: SourceFile | None) -> Project | None:
    """Read the file; None where it is not there. Broken TOML gives a Project with ``error``."""
    if file is None:
        return None
    document = parse_toml(file.text)
    if document.error:
        return Project(path=file.path, error=document.error, error_line=document.error_line)
    data = document.data
    route = _version_route(data)
    version = text_at(data, *route) if route else None
    span = locate_text(file.text, route) if route else None
    sources = _sources(data)
    return Project(
        path=file.path,
        data=data,
        name=text_at(data, "project", "name") or text_at(data, *_POETRY, "name"),
        version=version,
        version_at=Location(file.path, span) if span else None,
        dynamic_version=_is_dynamic(data),
        requires_python=_requires_python(data),
        requires_poetry=text_at(data, *_POETRY, "requires-poetry"),
        uses_poetry=_uses_poetry(data),
        package_mode=table(data, *_POETRY).get("package-mode") is not False,
        groups=_groups(data),
        optional_groups=_optional_groups(data),
        extras=_extras(data),
        sources=tuple(source.name for source in sources),
        source_urls=sources,
    )


def _version_route(data: Mapping[str, Any]) -> tuple[str, ...] | None:
    if _is_dynamic(data):
        return None
    for route in (("project", "version"), (*_POETRY, "version")):
        if text_at(data, *route) is not None:
            return route
    return None


def _is_dynamic(data: Mapping[str, Any]) -> bool:
    """Whether a plug-in makes the version; `dynamic` with a version in `[tool.poetry]` is a plain one."""
    tool = table(data, "tool")
    if table(tool, "poetry-dynamic-versioning").get("enable") is True or "poetry-version-plugin" in tool:
        return True
    if any(key in tool for key in ("poetry-git-version-plugin", "poetry-monorepo-versioning")):
        return True
    dynamic = "version" in texts_at(data, "project", "dynamic")
    return dynamic and text_at(data, *_POETRY, "version") is None


def _requires_python(data: Mapping[str, Any]) -> str | None:
    declared = text_at(data, "project", "requires-python")
    if declared is not None:
        return declared
    python = table(data, *_POETRY, "dependencies").get("python")
    if isinstance(python, Mapping):
        python = python.get("version")
    return python if isinstance(python, str) else None


def _uses_poetry(data: Mapping[str, Any]) -> bool:
    return bool(table(data, *_POETRY)) or text_at(data, "build-system", "build-backend") in _BACKENDS


def _groups(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Every group that `--with`, `--without` and `--only` take, names as written; `main` is always there."""
    poetry = table(data, *_POETRY)
    names = ["main", *table(poetry, "group"), *table(data, "dependency-groups")]
    if "dev-dependencies" in poetry:
        names.append("dev")
    return tuple(dict.fromkeys(names))


def _optional_groups(data: Mapping[str, Any]) -> tuple[str, ...]:
    groups = table(data, *_POETRY, "group")
    return tuple(name for name in groups if table(groups, name).get("optional") is True)


def _extras(data: Mapping[str, Any]) -> tuple[str, ...]:
    names = [*table(data, "project", "optional-dependencies"), *table(data, *_POETRY, "extras")]
    return tuple(dict.fromkeys(canonicalize_name(name) for name in names))


def _sources(data: Mapping[str, Any]) -> tuple[PackageSource, ...]:
    found = tables_at(data, *_POETRY, "source")
    return tuple(
        PackageSource(name, str(source.get("url") or ""))
        for source in found
        if isinstance(name := source.get("name"), str)
    )
