"""Scripts, makefiles and requirements files of the repository that a pipeline uses and the snapshot lacks."""

from __future__ import annotations

import posixpath

from bot.core.ci.model import Pipeline
from bot.core.shell_script.poetry_setup import missing_requirements
from bot.core.shell_script.reader import missing_scripts
from bot.core.snapshot import Snapshot

MAX_FILES = 50
_MAKEFILES = frozenset({"GNUmakefile", "makefile", "Makefile"})
_ENDINGS = (".sh", ".bash", ".mk", ".txt")


def wanted_scripts(pipeline: Pipeline, snapshot: Snapshot) -> frozenset[str]:
    """Return the paths, as far as they may be read; the shell grammar says what is called."""
    named = {name for job in pipeline.jobs for name in missing_scripts(job) | missing_requirements(job)}
    return frozenset(sorted(name for name in named if _may_be_read(name, snapshot))[:MAX_FILES])


def _may_be_read(name: str, snapshot: Snapshot) -> bool:
    if name in snapshot.files or name in snapshot.unreadable or name.startswith(("/", "..")):
        return False
    if snapshot.paths is not None:
        return name in snapshot.paths
    # Without a listing, what is called may be a build's product: only what looks like a source is asked for.
    return name.endswith(_ENDINGS) or posixpath.basename(name) in _MAKEFILES
