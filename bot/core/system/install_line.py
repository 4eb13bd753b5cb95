"""The install line of missing system packages, in the job's own style."""

from __future__ import annotations

from bot.core.ci.model import Pipeline
from bot.core.diagnosis import Diagnosis
from bot.core.fix import Fix


def fixes_for(diagnosis: Diagnosis, pipeline: Pipeline, job: str) -> tuple[Fix, ...]:
    """Return the fixes of the CI file that cure a diagnosis; empty where there is none that is certain."""
    if diagnosis.install is None or pipeline.job(job) is None:
        return ()
    raise NotImplementedError
