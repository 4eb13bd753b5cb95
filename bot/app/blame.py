"""Whose fault a failure is: reads the history that the judgement needs, once for each failed pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import msgspec

from bot.app.failures import FINISHED, diagnose_jobs
from bot.app.pipeline_jobs import last_attempts, read_jobs
from bot.app.ports import ForgeJob, PermanentForgeError
from bot.app.scene import Scene
from bot.core.diagnosis import Fault
from bot.core.fault import PastRun, fault_of
from bot.core.render.contents import Failure
from bot.core.render.inert import clip

_KEEP_S = 14 * 86400.0
_DECIDED = {"success", "failed"}
NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})


Runs = Mapping[str, Sequence[PastRun]]  # by the job's name, the newest first


async def with_faults(
    scene: Scene, pipeline_id: int, reasons: Sequence[Failure], attempts: Sequence[ForgeJob]
) -> tuple[Failure, ...]:
    """Return the failures with their faults; what was judged before is remembered.

    ``attempts`` are all jobs of the failed pipeline. The target's history is asked for only where it decides.
    """
    judged: list[Failure] = []
    own = _runs(attempts, scene.request.sha)
    target: Runs | None = None
    for reason in reasons:
        key = f"fault:{scene.project.id}:{pipeline_id}:{_name(reason)}"
        kept = await scene.services.memory.get(key)
        fault = msgspec.json.decode(kept, type=Fault) if kept else _fault(scene, reason, own, {})
        if kept is None:
            if fault is Fault.UNKNOWN:
                target = await _target_runs(scene, reasons) if target is None else target
                fault = _fault(scene, reason, own, target)
            await scene.services.memory.set(key, msgspec.json.encode(fault).decode(), keep_s=_KEEP_S)
        judged.append(replace(reason, fault=fault, fault_reason=_words(scene, reason, fault)))
    return tuple(judged)


def _name(reason: Failure) -> str:
    return reason.diagnosis.signature if reason.diagnosis else clip(reason.jobs[0].name, 80)


def _fault(scene: Scene, reason: Failure, own: Runs, target: Runs) -> Fault:
    job = reason.jobs[0].name
    return fault_of(
        [reason.diagnosis] if reason.diagnosis else [],
        commit=scene.request.sha,
        own=own.get(job, []),
        target=target.get(job, []),
    )


async def _target_runs(scene: Scene, reasons: Sequence[Failure]) -> Runs:
    """Read how the failed jobs fare on the target branch; nobody is blamed where that cannot be read."""
    forge, project_id = scene.services.forge, scene.project.id
    try:
        pipelines = await forge.pipelines(project_id, ref=scene.request.target_branch)
        newest = next((item for item in pipelines if item.status in FINISHED), None)
        if newest is None:
            return {}
        jobs = await read_jobs(scene.services, project_id, newest.id, newest.updated_at)
    except PermanentForgeError:
        return {}
    names = {job.name for reason in reasons for job in reason.jobs}
    same = [job for job in last_attempts(jobs) if job.name in names]
    found = await diagnose_jobs(scene.services, project_id, same, scene.reading.snapshot)
    known = {
        job.name: frozenset({reason.diagnosis.signature})
        for reason in found.reasons
        if reason.diagnosis
        for job in reason.jobs
    }
    return _runs(same, newest.sha, known)


def _runs(jobs: Iterable[ForgeJob], sha: str, known: Mapping[str, frozenset[str]] = NOTHING) -> Runs:
    runs: dict[str, list[PastRun]] = {}
    for job in sorted(jobs, key=lambda job: -job.id):
        if job.status in _DECIDED:
            run = PastRun(
                commit=sha, succeeded=job.status == "success", signatures=known.get(job.name, frozenset())
            )
            runs.setdefault(job.name, []).append(run)
    return runs


def _words(scene: Scene, reason: Failure, fault: Fault) -> str:
    job, target = f"`{reason.jobs[0].name}`", f"`{scene.request.target_branch}`"
    return f"{job} does not fail this way on {target}." if fault is Fault.THIS_CHANGE else ""
