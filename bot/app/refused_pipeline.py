"""A pipeline that GitLab could not make of the CI file: it has no job that failed, only GitLab's word."""

from __future__ import annotations

from bot.app.ports import ForgePipeline
from bot.core.diagnosis import Diagnosis
from bot.core.finding import Confidence
from bot.core.render.contents import FailedJob, Failure
from bot.core.render.secrets import scrub

_MOST = 300


def refused_failure(pipeline: ForgePipeline) -> Failure:
    """Return why there is no job."""
    said = scrub(" ".join(pipeline.yaml_errors[: 4 * _MOST].replace("`", "'").split()))[:_MOST].rstrip(".")
    diagnosis = Diagnosis(
        cause="invalid-ci-file",
        confidence=Confidence.HIGH,
        message=f"GitLab makes no pipeline of the CI file: `{said}`.",
        evidence=(),
    )
    return Failure(diagnosis=diagnosis, jobs=(FailedJob(f"pipeline {pipeline.id}", pipeline.web_url),))
