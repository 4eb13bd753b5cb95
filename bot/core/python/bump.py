"""The next version of a project, and why that number is free."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.python.project import Project, read_project
from bot.core.python.versions import Bump, bumped, next_free, parse_version, same_version, sorted_versions
from bot.core.snapshot import PublishedVersion, Snapshot

_PARTS = frozenset(part.value for part in Bump)


class BumpRefused(Exception):  # noqa: N818 - a refusal that the reader sees, not a fault
    """There is no version to change. The message is a sentence for the reader."""


@dataclass(frozen=True, slots=True)
class BumpPlan:
    """The version to take, and why, as a sentence."""

    version: str
    reason: str


def plan_bump(snapshot: Snapshot, wanted: str) -> BumpPlan:
    """Return the version for `patch`, `minor`, `major` or a named one. Raises BumpRefused."""
    project = read_project(snapshot.files.get("pyproject.toml"))
    current = _current(project)
    published = [item for found in snapshot.facts.published.values() for item in found]
    taken = [item.version for item in published]
    if wanted.lower() not in _PARTS:
        return _named(current, wanted, published)
    part = Bump(wanted.lower())
    version = next_free(current, taken, part) or bumped(current, part)
    if version is None:
        raise BumpRefused(f"`{current}` in `pyproject.toml` is no version, so there is no next one.")
    return BumpPlan(version, f"`{version}` follows `{current}`{_why_free(published)}.")


def _current(project: Project | None) -> str:
    if project is None or project.error:
        raise BumpRefused("There is no `pyproject.toml` that can be read, so there is no version to change.")
    if project.version is None or project.version_at is None:
        raise BumpRefused("The version does not stand in `pyproject.toml`: it is made when the package is built.")
    return project.version


def _named(current: str, wanted: str, published: list[PublishedVersion]) -> BumpPlan:
    if parse_version(wanted) is None:
        raise BumpRefused(f"`{wanted}` is no version: say `patch`, `minor`, `major` or a version like `1.2.0`.")
    if same_version(current, wanted):
        raise BumpRefused(f"The version is `{current}` already.")
    clash = next((item for item in published if same_version(item.version, wanted)), None)
    if clash is not None:
        where = f" of `{clash.project_path}`" if clash.project_path else ""
        raise BumpRefused(f"`{wanted}` is in the registry{where} already.")
    return BumpPlan(wanted, f"`{wanted}` takes the place of `{current}`{_why_free(published)}.")


def _why_free(published: list[PublishedVersion]) -> str:
    if not published:
        return "; no registry was found that has any version of it"
    newest = sorted_versions({item.version for item in published})[-3:]
    return (
        f" and is free: the registry has {', '.join(f'`{version}`' for version in reversed(newest))} as its newest"
    )
