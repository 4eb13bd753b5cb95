"""Why a job failed where its log does not tell: GitLab's own `failure_reason`."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.diagnosis import Diagnosis, TraceReport, Verdict
from bot.core.finding import Confidence


@dataclass(frozen=True, slots=True)
class _Known:
    cause: str
    message: str
    infrastructure: bool = True


# The words are those of GitLab's API; `script_failure` and the like say no more than the log does.
_REASONS = {
    "stuck_or_timeout_failure": _Known("runner-failure", "No runner took the job, or it stopped answering."),
    "runner_system_failure": _Known("runner-failure", "The runner failed before the script could tell anything."),
    "scheduler_failure": _Known("runner-failure", "GitLab could not give the job to a runner."),
    "api_failure": _Known("runner-failure", "The runner could not reach GitLab's API."),
    "data_integrity_failure": _Known("runner-failure", "GitLab found the job's own data damaged."),
    "ci_quota_exceeded": _Known("runner-failure", "The compute minutes of the namespace are used up."),
    "no_matching_runner": _Known(
        "runner-failure", "No runner has the tags that the job asks for.", infrastructure=False
    ),
    "runner_unsupported": _Known(
        "runner-failure", "The runner is too old for a feature that the job asks for.", infrastructure=False
    ),
    "job_execution_timeout": _Known("time-out", "The job took longer than it may.", infrastructure=False),
}


def with_reason(report: TraceReport, reason: str) -> TraceReport:
    """Return the report with a diagnosis by GitLab's reason, where the log gave none."""
    known = _REASONS.get(reason)
    if report.diagnoses or known is None:
        return report
    diagnosis = Diagnosis(
        cause=known.cause,
        confidence=Confidence.HIGH,
        message=known.message,
        evidence=report.notable[-1:],
        infrastructure=known.infrastructure,
    )
    return TraceReport(verdict=Verdict.DIAGNOSED, diagnoses=(diagnosis,))
