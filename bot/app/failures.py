"""Why a pipeline failed: its failed jobs' logs, read once each, put together by reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import msgspec

from bot import __version__
from bot.app.log_stream import read_log
from bot.app.past_runs import PastRun, remember_run, usual_lines
from bot.app.pipeline_jobs import last_attempts, read_jobs
from bot.app.ports import ForgeError, ForgeJob, NotFoundError, Services
from bot.core.diagnosis import Diagnosis, Evidence, TraceReport, Verdict
from bot.core.fixup_plan import digest_of
from bot.core.job_name import as_written
from bot.core.job_reason import with_reason
from bot.core.render.contents import FailedJob, Failure
from bot.core.render.secrets import scrub
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

FINISHED = frozenset({"success", "failed", "canceled", "skipped", "manual"})
MAX_JOBS = 20
_KEEP_S = 14 * 86400.0
_LINE = 2000
_UNFINISHED = (Verdict.PARTIAL_TRACE, Verdict.NO_TRACE)


@dataclass(frozen=True, slots=True)
class Failures:
    """The reasons, the first the one that most jobs share.

    ``pending``: a log was not complete yet. ``broken`` are faults of our own, for the operator.
    """

    reasons: tuple[Failure, ...] = ()
    pending: bool = False
    broken: tuple[str, ...] = ()


async def read_failures(services: Services, project_id: int, pipeline_id: int, snapshot: Snapshot) -> Failures:
    """Diagnose a failed pipeline."""
    return await diagnose_jobs(services, project_id, await read_jobs(services, project_id, pipeline_id), snapshot)


async def diagnose_jobs(
    services: Services, project_id: int, jobs: Iterable[ForgeJob], snapshot: Snapshot
) -> Failures:
    """Diagnose every failed job that counts; a log that was read before is not read again."""
    failed = [job for job in last_attempts(jobs) if job.status == "failed"]
    counting = [job for job in failed if not job.allow_failure][:MAX_JOBS]
    reports: list[TraceReport] = []
    broken: list[str] = []
    for job in counting:
        try:
            read = await _report(services, project_id, job, snapshot)
            reports.append(with_reason(read, job.failure_reason))
        except ForgeError:
            raise
        except Exception as error:  # noqa: BLE001 - our own mistake with one log must not silence the rest
            broken.append(f"log: job {job.id}: {type(error).__name__}: {error}")
            reports.append(TraceReport(verdict=Verdict.UNKNOWN))
    pending = any(report.verdict in _UNFINISHED for report in reports)
    return Failures(_by_reason(list(zip(counting, reports, strict=True))), pending, tuple(broken))


def _by_reason(read: list[tuple[ForgeJob, TraceReport]]) -> tuple[Failure, ...]:
    groups: dict[str, list[tuple[ForgeJob, TraceReport]]] = {}
    for job, report in read:
        root = _root(report)
        key = root.signature if root else f"unexplained {job.name}"
        groups.setdefault(key, []).append((job, report))
    ordered = sorted(groups.values(), key=lambda group: (_root(group[0][1]) is None, -len(group), group[0][0].id))
    return tuple(_failure(group) for group in ordered)


def _root(report: TraceReport) -> Diagnosis | None:
    return report.diagnoses[0] if report.diagnoses else None


def _failure(group: list[tuple[ForgeJob, TraceReport]]) -> Failure:
    report = group[0][1]
    jobs = tuple(FailedJob(job.name, job.web_url) for job, _ in group)
    return Failure(diagnosis=_root(report), jobs=jobs, notable=report.notable)


async def _report(services: Services, project_id: int, job: ForgeJob, snapshot: Snapshot) -> TraceReport:
    key = f"trace:{__version__}:{project_id}:{job.id}:{digest_of(_judged_with(snapshot))}"
    kept = await services.memory.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=TraceReport)
    report = await _read(services, project_id, job, snapshot)
    report = _scrubbed(report)
    if report.verdict not in _UNFINISHED:
        await services.memory.set(key, msgspec.json.encode(report).decode(), keep_s=_KEEP_S)
    return report


def _judged_with(snapshot: Snapshot) -> dict[str, SourceFile]:
    """The files that a diagnosis and its fixes depend on: with others, the log is read again."""
    return {path: snapshot.files[path] for path in (snapshot.ci_path, "poetry.lock") if path in snapshot.files}


def _scrubbed(report: TraceReport) -> TraceReport:
    """Secrets of a log are not even kept."""

    def clean(lines: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(replace(line, text=scrub(line.text[:_LINE])) for line in lines)

    found = tuple(
        replace(
            item,
            message=scrub(item.message),
            subject=item.subject and replace(item.subject, name=scrub(item.subject.name)),
            evidence=clean(item.evidence),
        )
        for item in report.diagnoses
    )
    return replace(report, diagnoses=found, notable=clean(report.notable))


async def _read(services: Services, project_id: int, job: ForgeJob, snapshot: Snapshot) -> TraceReport:
    usual = await usual_lines(services, project_id, as_written(job.name))

    def judge(chunks: Iterable[bytes]) -> TraceReport:
        return services.judge.diagnose(chunks, snapshot, job.name, usual)

    try:
        report = await read_log(services, project_id, job.id, judge)
    except NotFoundError:
        return TraceReport(verdict=Verdict.NO_TRACE)
    if report.install_time:
        run = PastRun(job.id, services.clock.now(), report.install_time)
        await remember_run(services, project_id, as_written(job.name), run)
    return report
