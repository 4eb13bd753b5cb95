"""The files of one project at one commit, and the facts known about it: everything that a rule may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar, cast

from bot.core.source import SourceFile

T = TypeVar("T")
DEFAULT_CI_PATH = ".gitlab-ci.yml"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file of a package version in a registry."""

    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version that a registry has. ``files`` is empty where they were not asked for."""

    package: str
    version: str
    project_path: str = ""
    web_url: str = ""
    files: tuple[PublishedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryKey:
    """A package registry that a pipeline publishes to.

    ``kind`` is ``project`` or ``group`` (of this GitLab; ``name`` is the id or full path as the file has it,
    empty for the pipeline's own project) or ``other`` (``name`` is the upload URL).
    """

    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class InstallTiming:
    """What installing cost in recent finished jobs of this name: medians in seconds, and how many jobs."""

    install_s: float
    total_s: float
    runs: int


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known beside the files. Unknown is None (or an absent key), never an empty answer."""

    today: date | None = None
    project_path: str | None = None
    project_id: int | None = None
    server_url: str | None = None
    default_branch: str | None = None
    published: Mapping[RegistryKey, tuple[PublishedVersion, ...]] = field(default_factory=dict)
    claimed_versions: Mapping[str, str] | None = None  # version -> the open merge request that claims it ("!7")
    merged_ci: str | None = None  # GitLab's own merged YAML, where it was asked for
    tag: str | None = None
    install_timings: Mapping[str, InstallTiming] = field(default_factory=dict)  # by job name


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What a check reads. ``paths`` is the listing of the repository where it is known (for glob includes)."""

    files: Mapping[str, SourceFile]
    unreadable: Mapping[str, str] = field(default_factory=dict)  # path -> why it could not be decoded
    paths: frozenset[str] | None = None
    ci_path: str = DEFAULT_CI_PATH
    facts: Facts = field(default_factory=Facts)
    _made: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, make: Callable[[Snapshot], T]) -> T:
        """Return what a function makes of this snapshot, made once: its files and facts never change."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    def text(self, path: str) -> str | None:
        """Return a file's text, None where it is not there (or could not be decoded)."""
        file = self.files.get(path)
        return file.text if file else None
