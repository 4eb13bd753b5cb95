"""What earlier runs of a project's jobs showed: remembered where a log was read anyway, or was worth reading."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass

import msgspec

from bot.app.ports import Services
from bot.core.baseline import Baseline
from bot.core.install_time import InstallTime, summary
from bot.core.snapshot import InstallTiming

ENOUGH = 5  # runs to take a median of
_MOST_RUNS = 2 * ENOUGH  # failed ones do not push the green ones out
_MOST_JOBS = 40
_KEEP_S = 14 * 86400.0


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run whose log was read; ``install_time`` is None where the log does not tell it."""

    job_id: int
    read_at: float
    install_time: InstallTime | None = None
    green: bool = False


@dataclass(frozen=True, slots=True)
class PastRuns:
    """The newest runs of each job, by its name in the CI file."""

    by_job: dict[str, tuple[PastRun, ...]]

    @property
    def timings(self) -> dict[str, InstallTiming]:
        """What installing cost, for the jobs where that is known."""
        times = {
            name: [run.install_time for run in runs if run.install_time] for name, runs in self.by_job.items()
        }
        return {name: timing for name, found in times.items() if (timing := summary(found[-ENOUGH:]))}

    def needs(self, name: str) -> bool:
        """Whether another green run of the job would teach something."""
        return sum(run.green for run in self.by_job.get(name, ())) < ENOUGH

    def knows(self, job_id: int) -> bool:
        """Whether this very run was read before."""
        return any(run.job_id == job_id for runs in self.by_job.values() for run in runs)


async def past_runs(services: Services, project_id: int) -> PastRuns:
    """Return what is remembered of a project's jobs, without what is too old to tell anything."""
    kept = await services.memory.get(_key(project_id))
    if kept is None:
        return PastRuns({})
    since = services.clock.now() - _KEEP_S
    found = msgspec.json.decode(kept, type=PastRuns).by_job
    young = {name: tuple(run for run in runs if run.read_at >= since) for name, runs in found.items()}
    return PastRuns({name: runs for name, runs in young.items() if runs})


async def remember_run(services: Services, project_id: int, name: str, run: PastRun) -> None:
    """Remember a run, once; of each job the newest few are kept, and the jobs that were read last."""
    known = await past_runs(services, project_id)
    if known.knows(run.job_id):
        return
    others = {other: runs for other, runs in known.by_job.items() if other != name}
    newest = (*known.by_job.get(name, ()), run)[-_MOST_RUNS:]
    jobs = [*others.items(), (name, newest)][-_MOST_JOBS:]
    value = msgspec.json.encode(PastRuns(dict(jobs))).decode()
    await services.memory.set(_key(project_id), value, keep_s=_KEEP_S)


async def usual_lines(services: Services, project_id: int, name: str) -> Baseline:
    """Return what green runs of a job print, as far as that was learned."""
    kept = await services.memory.get(f"baseline:{project_id}:{name}")
    return Baseline.from_bytes(b64decode(kept)) if kept else Baseline()


async def remember_lines(services: Services, project_id: int, name: str, usual: Baseline) -> None:
    """Remember what green runs of a job print."""
    value = b64encode(usual.to_bytes()).decode()
    await services.memory.set(f"baseline:{project_id}:{name}", value, keep_s=_KEEP_S)


def _key(project_id: int) -> str:
    return f"runs:{project_id}"
