"""Does one piece of work: the kinds of `bot.app.work`, with time-out, bookkeeping and one place for failures."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import assert_never

import structlog

from bot.app.ports import (
    Clock,
    Dead,
    Done,
    Outcome,
    PermanentForgeError,
    Retry,
    Services,
    TransientForgeError,
    Work,
)
from bot.shell.engine import Attempt, GaveUpError, TryAgainError
from bot.shell.metrics import Metrics
from bot.shell.store.database import StoreError
from bot.shell.store.store import Ended, Store

log = structlog.get_logger()


class Worker:
    """Runs attempts. ``pause`` holds everything back when GitLab asked to be left alone."""

    def __init__(
        self,
        store: Store,
        kinds: Mapping[str, Work],
        services: Services,
        metrics: Metrics,
        *,
        time_out_s: float,
        most_tries: int,
    ) -> None:
        self._store = store
        self._kinds = kinds
        self._services = services
        self._metrics = metrics
        self._time_out_s = time_out_s
        self._most_tries = most_tries
        self._quiet_until = 0.0

    async def run(self, attempt: Attempt) -> None:
        """Do the work unless a newer item makes it superfluous. Raises what the engine shall do with it."""
        item = attempt.item
        if await self._is_superseded(attempt):
            self._metrics.work.labels(item.kind, "superseded").inc()
            return
        self._metrics.lag.observe(max(0.0, self._clock.now() - attempt.added_at))
        started = monotonic()
        with self._metrics.running.labels(item.kind).track_inprogress():
            outcome = self._bounded(await self._attempt(attempt), attempt.tries)
        await self._note_end(attempt, outcome, monotonic() - started)
        _tell_engine(outcome)

    @property
    def _clock(self) -> Clock:
        return self._services.clock

    async def _is_superseded(self, attempt: Attempt) -> bool:
        try:
            return await self._store.has_newer(attempt.job_id, attempt.item)
        except StoreError as error:
            raise TryAgainError from error

    async def _attempt(self, attempt: Attempt) -> Outcome:
        item = attempt.item
        work = self._kinds.get(item.kind)
        if work is None:
            return Dead(f"no kind of work is called `{item.kind}`")
        wait = self._quiet_until - monotonic()
        if wait > 0:
            return Retry("GitLab asked to be left alone", wait)
        try:
            async with asyncio.timeout(self._time_out_s):
                return await work.run(item.payload, self._services)
        except Exception as error:  # noqa: BLE001 - the one place where failures of work end
            return self._judge(error, attempt)

    def _judge(self, error: Exception, attempt: Attempt) -> Outcome:
        match error:
            case TransientForgeError():
                self._quiet_until = max(self._quiet_until, monotonic() + (error.retry_after_s or 0))
                return Retry(str(error), error.retry_after_s)
            case PermanentForgeError():
                return Dead(str(error))
            case StoreError():
                return Retry(str(error))
            case TimeoutError():
                return Retry(f"it took longer than {self._time_out_s:g} s")
            case _:
                log.error("work_broke", kind=attempt.item.kind, job_id=attempt.job_id, exc_info=error)
                return Dead(f"{type(error).__name__}: {error}")

    def _bounded(self, outcome: Outcome, tries: int) -> Outcome:
        if isinstance(outcome, Retry) and tries + 1 >= self._most_tries:
            return Dead(f"tried {tries + 1} times; at last: {outcome.reason}")
        return outcome

    async def _note_end(self, attempt: Attempt, outcome: Outcome, seconds: float) -> None:
        """A failure to keep the record must not undo the work."""
        name, remark = _describe(outcome)
        item = attempt.item
        self._metrics.work.labels(item.kind, name).inc()
        self._metrics.seconds.labels(item.kind).observe(seconds)
        if isinstance(outcome, Done):
            self._metrics.count(outcome.counts)
        level = log.error if name == "dead" else log.info
        level("work_ended", kind=item.kind, lane=item.lane, outcome=name, remark=remark, seconds=round(seconds, 3))
        ended = Ended(
            job_id=attempt.job_id,
            kind=item.kind,
            lane=item.lane,
            outcome=name,
            remark=remark,
            attempt=attempt.tries + 1,
            ended_at=self._clock.now(),
            seconds=seconds,
        )
        try:
            await self._store.record(ended)
        except StoreError as error:
            log.warning("outcome_not_recorded", job_id=attempt.job_id, reason=str(error))


def _describe(outcome: Outcome) -> tuple[str, str]:
    match outcome:
        case Done(summary, _):
            return "done", summary
        case Retry(reason):
            return "retry", reason
        case Dead(reason):
            return "dead", reason
        case _:
            assert_never(outcome)


def _tell_engine(outcome: Outcome) -> None:
    if isinstance(outcome, Retry):
        raise TryAgainError(outcome.after_s)
    if isinstance(outcome, Dead):
        raise GaveUpError(outcome.reason)
