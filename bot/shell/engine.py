"""Runs queued work: Procrastinate's worker, kept going, with our retries and our idea of recovery."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision, exceptions
from procrastinate.jobs import DeleteJobCondition, Job, Status

from bot.app.ports import WorkItem
from bot.shell.store.database import LATER_TASK, QUEUE, RUN_TASK, StoreError
from bot.shell.store.store import Store

log = structlog.get_logger()

HEARTBEAT_S = 3
STALLED_AFTER_S = 12
POLL_S = 1
RESTART_PAUSE_S = 2
LONGEST_PAUSE_S = 600
LONGEST_ASKED_PAUSE_S = 3600
UNSETTLED_AFTER_S = 10


class TryAgainError(Exception):
    """The work shall wait and be tried again."""

    def __init__(self, after_s: float | None = None) -> None:
        super().__init__("try again")
        self.after_s = after_s


class GaveUpError(Exception):
    """The work is a dead letter."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run of some work: which of the queue's jobs, which item, how often it was tried before."""

    job_id: int
    item: WorkItem
    tries: int
    added_at: float


Run = Callable[[Attempt], Awaitable[None]]


class Engine:
    """The queue engine of one process."""

    def __init__(self, store: Store, run: Run, *, concurrency: int, grace_s: float) -> None:
        self.store = store
        self._run = run
        self._concurrency = concurrency
        self._grace_s = grace_s
        self._ended: dict[int, _End] = {}
        self.app = App(connector=store.database.connector)
        self.app.task(name=RUN_TASK, queue=QUEUE, retry=_Pauses(), pass_context=True)(self._run_job)
        self.app.task(name=LATER_TASK, queue=QUEUE, retry=_Pauses(), pass_context=True)(self._add_due_work)
        _keep_side_tasks_watched(self.app)

    async def work(self, stop: asyncio.Event) -> None:
        """Work until told to stop; the engine's worker returns whenever its database goes away."""
        while not stop.is_set():
            worker = asyncio.create_task(self._worker(), name="worker")
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait({worker, stopping}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            worker.cancel()  # a running worker then finishes or hands back what it has
            (result,) = await asyncio.gather(worker, return_exceptions=True)
            if stop.is_set():
                return
            log.warning("worker_restarts", reason=repr(result))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RESTART_PAUSE_S)

    async def stalled(self) -> list[Job]:
        """Work whose process is gone."""
        try:
            return list(await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S))
        except exceptions.ConnectorException as error:
            raise StoreError(f"stalled work cannot be listed: {error.__cause__ or error}") from error

    async def hand_back(self, job: Job) -> None:
        """Let work that nobody does any more wait again."""
        await self.app.job_manager.retry_job(job)

    async def bury(self, job: Job) -> None:
        """Make a dead letter of it."""
        await self.app.job_manager.finish_job(job, Status.FAILED, delete_job=False)

    async def forget_dead(self, *, hours: int) -> None:
        """Drop dead letters that nobody wanted for so long."""
        await self.app.job_manager.delete_old_jobs(
            nb_hours=hours, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def settle(self) -> None:
        """End work that ended here but whose end could not be written: its lane would stay blocked for ever.

        Upstream leaves such a job to its worker, which lives, so that no peer takes it either.
        """
        due = {key: end for key, end in self._ended.items() if monotonic() - end.at > UNSETTLED_AFTER_S}
        if not due:
            return
        running = await self.app.job_manager.list_jobs_async(status=Status.DOING.value)
        for job in running:
            end = due.get(job.id or 0)
            if end is None or not end.is_of(job) or self._ended.get(job.id or 0) is not end:
                continue  # it has been begun again meanwhile
            log.warning("work_settled_late", job_id=job.id)
            if end.succeeded:
                await self.app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
            else:
                await self.hand_back(job)
        for key in due:
            self._ended.pop(key, None)

    async def _worker(self) -> None:
        await self.app.run_worker_async(
            queues=[QUEUE],
            concurrency=self._concurrency,
            fetch_job_polling_interval=POLL_S,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_AFTER_S,
            shutdown_graceful_timeout=self._grace_s,
            delete_jobs=DeleteJobCondition.SUCCESSFUL.value,
            install_signal_handlers=False,
        )

    async def _run_job(self, context: JobContext, /, **args: Any) -> None:  # noqa: ANN401 - stored JSON
        await self._finish(context.job, self._run(_attempt(context.job, args)))

    async def _add_due_work(self, context: JobContext, /, **args: Any) -> None:  # noqa: ANN401 - stored JSON
        await self._finish(context.job, self._add(_attempt(context.job, args).item))

    async def _add(self, item: WorkItem) -> None:
        try:
            await self.store.add(None, [item])
        except StoreError as error:
            raise TryAgainError from error

    async def _finish(self, job: Job, doing: Awaitable[None]) -> None:
        job_id, succeeded = job.id or 0, False
        self._ended.pop(job_id, None)
        try:
            await doing
            succeeded = True
        finally:
            self._ended[job_id] = _End(monotonic(), job.worker_id, job.attempts, succeeded)


@dataclass(frozen=True, slots=True)
class _End:
    at: float
    worker_id: int | None
    tries: int
    succeeded: bool

    def is_of(self, job: Job) -> bool:
        """Whether the job still is as it was when it ended here: a retry that was written has counted a try."""
        return (self.worker_id, self.tries) == (job.worker_id, job.attempts)


class _Pauses(BaseRetryStrategy):
    """Doubles the pause at each try, or waits as long as was asked for."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})  # shutdown: handed back
        if not isinstance(exception, TryAgainError):
            return None
        growing = min(LONGEST_PAUSE_S, 2.0 ** min(job.attempts + 1, 20))
        pause = growing if exception.after_s is None else min(LONGEST_ASKED_PAUSE_S, max(1.0, exception.after_s))
        return RetryDecision(retry_in={"milliseconds": int(pause * 1000)})


def _attempt(job: Job, args: dict[str, Any]) -> Attempt:
    item = WorkItem(
        kind=str(args["kind"]), lane=str(args["lane"]), payload=args["payload"], coalesce=str(args["coalesce"])
    )
    return Attempt(job_id=job.id or 0, item=item, tries=job.attempts, added_at=float(args["added_at"]))


def _keep_side_tasks_watched(app: App) -> None:
    """Declare a yearly no-op.

    Without any periodic task the engine's task for them ends at once, and with it the watch over its
    heartbeat and listener: a worker would go on without either, and peers would take its work.
    """

    @app.periodic(cron="0 0 1 1 *")
    @app.task(name="scansion.new_year", queue=QUEUE)
    async def new_year(timestamp: int) -> None:
        del timestamp
