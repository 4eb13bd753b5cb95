"""From the files of a snapshot to the effective pipeline."""

from __future__ import annotations

from bot.core.ci.model import Pipeline
from bot.core.snapshot import Snapshot


def read_pipeline(snapshot: Snapshot) -> Pipeline | None:
    """Evaluate the snapshot's CI file; None where there is none or it is no valid YAML."""
    raise NotImplementedError


def wanted_files(snapshot: Snapshot) -> frozenset[str]:
    """Return paths that the CI file needs and the snapshot lacks: local includes, scripts, makefiles.

    The shell reads them and asks again until nothing new is wanted.
    """
    raise NotImplementedError
