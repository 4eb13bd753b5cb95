"""The uploads of Python packages in a job, whatever tool makes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.ci.model import Job
from bot.core.shell_script.arguments import Arguments
from bot.core.shell_script.model import Command
from bot.core.shell_script.publication import Publication, publications

_CONTAINERS = frozenset({"docker", "podman", "nerdctl"})
_IN_CONTAINER = re.compile(r"\b(poetry|twine)\s+(?:publish|upload)\b")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One upload of a job. ``in_container``: it runs in a container that the job starts."""

    job: Job
    publication: Publication
    in_container: bool = False

    @property
    def tool(self) -> str:
        """The program that uploads: `poetry`, `twine`..."""
        return self.publication.tool

    @property
    def command(self) -> Command:
        """The command that uploads."""
        return self.publication.command


def read_uploads(job: Job) -> tuple[Upload, ...]:
    """Return the uploads that a job makes, trial runs left out."""
    found = [Upload(job=job, publication=one) for one in publications(job.commands) if not one.is_dry_run]
    return (*found, *_in_containers(job))


def _in_containers(job: Job) -> Iterator[Upload]:
    """Yield what `docker run IMAGE sh -c "poetry publish"` uploads; its words are another shell's."""
    for command in job.commands:
        found = _IN_CONTAINER.search(" ".join(command.arguments)) if command.name in _CONTAINERS else None
        if found and "--dry-run" not in command.arguments:
            publication = Publication(found[1], command, Arguments())
            yield Upload(job=job, publication=publication, in_container=True)
