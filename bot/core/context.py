"""What a rule sees: the snapshot and its views, each read once and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TypeVar, cast

from bot.core.ci.model import Job, Pipeline, Problem, UnknownInclude
from bot.core.ci.reader import read_ci, read_pipeline
from bot.core.ci.unfilled import as_filled, is_unfilled
from bot.core.finding import Location
from bot.core.poetry.caching import Installation, read_installation
from bot.core.poetry.publishing import Upload, read_uploads
from bot.core.python.lock import Lock, read_lock
from bot.core.python.poetry_config import PoetryConfig, read_poetry_config
from bot.core.python.project import Project, read_project
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.snapshot import Snapshot
from bot.core.span import Span

T = TypeVar("T")
_WORK = frozenset({"script", "run", "trigger"})
_ADDING = ("Jobs/", "Security/", "Workflows/", "Verify/", "Code-Quality")


class Context:
    """Views of one snapshot. A view is None where its file is not there or cannot be read."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._remembered: dict[Hashable, object] = {}

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` gives, made once for a key: for answers that several findings share."""
        if key not in self._remembered:
            self._remembered[key] = make()
        return cast("T", self._remembered[key])

    @cached_property
    def _ci(self) -> tuple[Pipeline | None, Problem | None]:
        return read_ci(self.snapshot)

    @property
    def ci_error(self) -> Problem | None:
        """Why the CI file cannot be read at all; None where it can be, or where there is none."""
        return self._ci[1]

    @property
    def ci_text(self) -> str:
        """The CI file as it is written; empty where there is none."""
        return self.snapshot.text(self.snapshot.ci_path) or ""

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """The effective jobs of `.gitlab-ci.yml`; None where there is none or it is no valid YAML."""
        pipeline = self._ci[0]
        if pipeline is None and is_unfilled(self.ci_text):
            return read_pipeline(as_filled(self.snapshot))
        return pipeline

    @cached_property
    def project(self) -> Project | None:
        """`pyproject.toml`."""
        return read_project(self.snapshot.files.get("pyproject.toml"))

    @cached_property
    def lock(self) -> Lock | None:
        """`poetry.lock`."""
        return read_lock(self.snapshot.files.get("poetry.lock"))

    @cached_property
    def poetry_config(self) -> PoetryConfig:
        """`poetry.toml`: an empty one where there is none."""
        return read_poetry_config(self.snapshot.files.get("poetry.toml"))

    @cached_property
    def installations(self) -> tuple[Installation, ...]:
        """The jobs that install with Poetry, with what their caches hold."""
        jobs = self.pipeline.jobs if self.pipeline else ()
        found = (read_installation(job, self.poetry_config.settings) for job in jobs)
        return tuple(installation for installation in found if installation)

    @cached_property
    def uploads(self) -> tuple[Upload, ...]:
        """The uploads of Python packages, over all jobs."""
        jobs = self.pipeline.jobs if self.pipeline else ()
        return tuple(upload for job in jobs for upload in read_uploads(job))

    @cached_property
    def uses_poetry(self) -> bool:
        """Whether the project or one of its jobs has to do with Poetry at all."""
        if self.project is not None and self.project.uses_poetry:
            return True
        jobs = self.pipeline.jobs if self.pipeline else ()
        return any(any(poetry_calls(job.commands)) for job in jobs)

    @cached_property
    def hidden_defaults(self) -> str:
        """An include that is not at hand and may set keywords for every job; empty where there is none.

        GitLab's own job and security templates add jobs and leave the others alone.
        """
        unknown = self.pipeline.unknown_includes if self.pipeline else ()
        return next((one.name for one in unknown if not _only_adds_jobs(one)), "")

    def hidden_template(self, job: Job) -> str:
        """Return what gives a job keywords and is not at hand; empty where there is none.

        That is a template which it extends, or the include that has the job's script: here it is only added to.
        """
        if self.pipeline is None:
            return ""
        known = self.pipeline.hidden | {other.name for other in self.pipeline.jobs}
        template = next((name for name in job.extends if name not in known), "")
        return template or ("" if _WORK & job.data.keys() else self.hidden_defaults)

    def whole_file(self, path: str) -> Location:
        """Return the place for a finding that is about a file as such: its first line."""
        file = self.snapshot.files.get(path)
        return Location(path, file.lines.line_span(1) if file else Span(0, 0))


def _only_adds_jobs(include: UnknownInclude) -> bool:
    return include.kind == "template" and include.name.startswith(_ADDING)
