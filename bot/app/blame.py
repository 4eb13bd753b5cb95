"""Whose fault a failure is: reads the history that the judgement needs, once for each failed pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from bot.app.failures import FINISHED, read_failures
from bot.app.ports import ForgeJob, PermanentForgeError
from bot.app.scene import Scene
from bot.core.diagnosis import Fault
from bot.core.fault import PastRun, fault_of
from bot.core.render.contents import Failure
from bot.core.render.inert import clip

_KEEP_S = 14 * 86400.0
_DECIDED = {"success", "failed"}


@dataclass(frozen=True, slots=True)
class History:
    """Runs of jobs by name, the newest first: of this pipeline's other attempts, and on the target branch."""

    own: dict[str, list[PastRun]] = field(default_factory=dict)
    target: dict[str, list[PastRun]] = field(default_factory=dict)


async def with_faults(scene: Scene, pipeline_id: int, reasons: tuple[Failure, ...]) -> tuple[Failure, ...]:
    """Return the failures with their faults; what was judged before is remembered."""
    judged: list[Failure] = []
    history: History | None = None
    for reason in reasons:
        key = f"fault:{scene.project.id}:{pipeline_id}:{_name(reason)}"
        kept = await scene.services.memory.get(key)
        if kept is None:
            history = history or await _history(scene, pipeline_id)
            fault = _fault(scene, reason, history)
            await scene.services.memory.set(key, msgspec.json.encode(fault).decode(), keep_s=_KEEP_S)
        else:
            fault = msgspec.json.decode(kept, type=Fault)
        judged.append(replace(reason, fault=fault, fault_reason=_words(scene, reason, fault)))
    return tuple(judged)


def _name(reason: Failure) -> str:
    return reason.diagnosis.signature if reason.diagnosis else clip(reason.jobs[0].name, 80)


def _fault(scene: Scene, reason: Failure, history: History) -> Fault:
    job = reason.jobs[0].name
    return fault_of(
        [reason.diagnosis] if reason.diagnosis else [],
        commit=scene.request.sha,
        own=history.own.get(job, []),
        target=history.target.get(job, []),
    )


async def _history(scene: Scene, pipeline_id: int) -> History:
    """Nobody is blamed where the history cannot be read."""
    forge, project_id = scene.services.forge, scene.project.id
    try:
        attempts, pipelines = await asyncio.gather(
            forge.jobs(project_id, pipeline_id, failed=False, retried=True),
            forge.pipelines(project_id, ref=scene.request.target_branch),
        )
        newest = next((item for item in pipelines if item.status in FINISHED), None)
        jobs = await forge.jobs(project_id, newest.id, failed=False, retried=False) if newest else []
    except PermanentForgeError:
        return History()
    known = await _signatures(scene, newest.id, jobs) if newest else {}
    return History(_runs(attempts, scene.request.sha, {}), _runs(jobs, newest.sha if newest else "", known))


async def _signatures(scene: Scene, pipeline_id: int, jobs: Sequence[ForgeJob]) -> dict[str, frozenset[str]]:
    if all(job.status != "failed" for job in jobs):
        return {}
    found = await read_failures(scene.services, scene.project.id, pipeline_id, scene.reading.snapshot)
    return {
        job.name: frozenset({reason.diagnosis.signature})
        for reason in found.reasons
        if reason.diagnosis
        for job in reason.jobs
    }


def _runs(jobs: Sequence[ForgeJob], sha: str, known: dict[str, frozenset[str]]) -> dict[str, list[PastRun]]:
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
    return {
        Fault.THIS_CHANGE: f"{job} does not fail this way on {target}.",
        Fault.ALREADY_RED: f"{job} fails the same way in the last pipeline of {target}.",
        Fault.FLAKY: f"Another run of {job} passed with the same commit.",
    }.get(fault, "")
