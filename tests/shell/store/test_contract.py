"""What the queue promises, on both stores."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import pytest

from bot.shell.engine import Attempt, Engine, GaveUpError, TryAgainError
from bot.shell.housekeeping import MOST_LOSSES, Habits, Housekeeping
from bot.shell.metrics import Metrics
from bot.shell.store.database import StoreError
from bot.shell.store.store import Ended, open_store
from tests.shell.clocks import SetClock, SystemClock
from tests.shell.running import delivery, until, work, working


class Recorder:
    """Does nothing for a while and remembers when."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.order: list[int] = []
        self.running: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.most_at_once = 0

    async def run(self, attempt: Attempt) -> None:
        lane = attempt.item.lane
        self.running[lane] = self.running.get(lane, 0) + 1
        self.most[lane] = max(self.most.get(lane, 0), self.running[lane])
        self.most_at_once = max(self.most_at_once, sum(self.running.values()))
        await asyncio.sleep(self.seconds)
        self.running[lane] -= 1
        self.order.append(attempt.item.payload["number"])


async def rows(store, sql: str, **values):
    return await store.database.query(sql, **values)


async def statuses(store) -> list[str]:
    return [str(row[0]) for row in await rows(store, "SELECT status FROM procrastinate_jobs ORDER BY id")]


async def test_any_known_key_makes_a_delivery_a_duplicate(store) -> None:
    assert await store.add(delivery("project-hook", "happening"), [work()])
    assert not await store.add(delivery("project-hook", "another"), [work()])
    assert not await store.add(delivery("group-hook", "happening"), [work()])
    assert not await store.add(delivery("group-hook"), [work()])
    assert await store.add(delivery("new"), [])
    assert await statuses(store) == ["todo"]


async def test_duplicates_that_arrive_at_once_are_stored_once(store) -> None:
    added = await asyncio.gather(*[store.add(delivery("same"), [work(n)]) for n in range(20)])
    assert sum(added) == 1
    assert len(await statuses(store)) == 1


async def test_many_additions_at_once_keep_their_order(store) -> None:
    added = await asyncio.gather(*[store.add(delivery(f"d{n}"), [work(n)]) for n in range(300)])
    assert all(added)
    recorder = Recorder()
    async with working(store, recorder.run, concurrency=8):
        await until(lambda: len(recorder.order) == 300, within_s=60)
    assert recorder.order == list(range(300))


async def test_lane_runs_one_at_a_time_while_others_go_on(store) -> None:
    recorder = Recorder(seconds=0.05)
    async with working(store, recorder.run):
        for n in range(4):
            await store.add(None, [work(n, lane="mr:1:1"), work(n + 10, lane="mr:1:2")])
        await until(lambda: len(recorder.order) == 8)
    assert recorder.most == {"mr:1:1": 1, "mr:1:2": 1}
    assert recorder.most_at_once == 2
    assert [n for n in recorder.order if n < 10] == [0, 1, 2, 3]


async def test_idle_worker_starts_new_work_within_a_tenth_of_a_second(store) -> None:
    started: list[float] = []

    async def run(_attempt: Attempt) -> None:
        started.append(time.monotonic())

    async with working(store, run):
        await store.add(None, [work(0)])
        await until(lambda: len(started) == 1)
        waits = []
        for n in range(1, 6):
            await asyncio.sleep(0.2)
            before = time.monotonic()
            await store.add(None, [work(n)])
            await until(lambda n=n: len(started) == n + 1)
            waits.append(started[-1] - before)
    assert sorted(waits)[2] < 0.1


async def test_next_of_a_lane_does_not_wait_for_a_poll(store) -> None:
    recorder = Recorder()
    async with working(store, recorder.run):
        await store.add(None, [work(n) for n in range(30)])
        await until(lambda: len(recorder.order) == 30, within_s=5)


async def test_failed_try_is_repeated_before_the_rest_of_its_lane(store) -> None:
    tried: list[tuple[int, int]] = []

    async def run(attempt: Attempt) -> None:
        tried.append((attempt.item.payload["number"], attempt.tries))
        if tried[-1] == (0, 0):
            raise TryAgainError(after_s=1)

    started = time.monotonic()
    async with working(store, run):
        await store.add(None, [work(0), work(1), work(2, lane="mr:9:9")])
        await until(lambda: len(tried) == 4)
    assert [entry for entry in tried if entry[0] < 2] == [(0, 0), (0, 1), (1, 0)]
    assert time.monotonic() - started >= 1
    assert await statuses(store) == []


async def test_what_gave_up_is_kept_and_frees_its_lane(store) -> None:
    done: list[int] = []

    async def run(attempt: Attempt) -> None:
        if attempt.item.payload["number"] == 0:
            raise GaveUpError("no such project")
        done.append(attempt.item.payload["number"])

    async with working(store, run):
        await store.add(None, [work(0), work(1)])
        await until(lambda: done == [1])
    assert await statuses(store) == ["failed"]


async def test_newer_item_of_the_same_subject_is_found(store) -> None:
    push = work(1, coalesce="review")
    await store.add(None, [push, work(2, coalesce="other"), work(3)])
    (first, *_) = [row[0] for row in await rows(store, "SELECT id FROM procrastinate_jobs ORDER BY id")]
    assert not await store.has_newer(first, push)
    await store.add(None, [work(4, lane="mr:1:2", coalesce="review"), work(5, coalesce="review", kind="sweep")])
    assert not await store.has_newer(first, push)
    await store.add(None, [work(6, coalesce="review")])
    assert await store.has_newer(first, push)
    assert not await store.has_newer(first, work(3))


async def test_delayed_work_does_not_block_its_lane(store) -> None:
    recorder = Recorder()
    async with working(store, recorder.run):
        await store.add(None, [work(1)], delay_s=4)
        await store.add(None, [work(2)])
        await until(lambda: recorder.order == [2], within_s=3)
        await until(lambda: recorder.order == [2, 1])


async def test_shutdown_hands_back_what_is_not_finished(store) -> None:
    recorder = Recorder(seconds=60)
    async with working(store, recorder.run, grace_s=0.1):
        await store.add(None, [work(0), work(1, lane="mr:1:2")])
        await until(lambda: recorder.most_at_once == 2)
    assert await statuses(store) == ["todo", "todo"]
    again = Recorder()
    async with working(store, again.run):
        await until(lambda: sorted(again.order) == [0, 1])


async def test_shutdown_lets_running_work_finish(store) -> None:
    recorder = Recorder(seconds=0.3)
    async with working(store, recorder.run, grace_s=5):
        await store.add(None, [work(0)])
        await until(lambda: recorder.most_at_once == 1)
    assert recorder.order == [0]
    assert await statuses(store) == []


async def abandon(store, engine: Engine) -> int:
    """Take a job as a worker that then dies."""
    worker_id = await engine.app.job_manager.register_worker()
    job = await engine.app.job_manager.fetch_job(queues=["work"], worker_id=worker_id)
    assert job is not None
    await engine.app.job_manager.unregister_worker(worker_id)
    return job.id


def housekeeping(engine: Engine, clock=None, **habits: float) -> Housekeeping:
    chosen = {"sweep_interval_s": 0, "keep_s": 100, "keep_dead_s": 7200} | habits
    return Housekeeping(engine, clock or SystemClock(), Metrics(), Habits(**chosen))


async def test_work_of_a_dead_process_is_taken_back(store) -> None:
    recorder = Recorder()
    await store.add(None, [work(1), work(2)])
    lost = await abandon(store, Engine(store, recorder.run, concurrency=1, grace_s=1))
    async with working(store, recorder.run) as engine:
        await housekeeping(engine).rescue()
        await until(lambda: recorder.order == [1, 2])
    assert await store.times_lost(lost) == 1


async def test_work_of_a_living_process_is_left_alone(store) -> None:
    recorder = Recorder(seconds=0.5)
    async with working(store, recorder.run) as engine:
        await store.add(None, [work(0)])
        await until(lambda: recorder.most_at_once == 1)
        await housekeeping(engine).rescue()
        await until(lambda: recorder.order == [0])
    assert recorder.order == [0]


async def test_work_that_kills_its_process_again_and_again_becomes_a_dead_letter(store) -> None:
    engine = Engine(store, Recorder().run, concurrency=1, grace_s=1)
    keeper = housekeeping(engine)
    await store.add(None, [work(0)])
    for _ in range(MOST_LOSSES):
        await abandon(store, engine)
        await keeper.rescue()
    assert await statuses(store) == ["failed"]
    outcomes = [row[0] for row in await rows(store, "SELECT outcome FROM scansion_outcome ORDER BY attempt")]
    assert outcomes == ["lost"] * (MOST_LOSSES - 1) + ["dead"]


async def test_sweep_is_added_once_an_interval_over_all_processes(store) -> None:
    engine = Engine(store, Recorder().run, concurrency=1, grace_s=1)
    clock = SetClock(1_800_000_000)
    store.database.now = partial(clock_of, clock)
    keepers = [housekeeping(engine, clock, sweep_interval_s=900) for _ in range(3)]
    for _ in range(2):
        for keeper in keepers:
            await keeper.round()
    assert await statuses(store) == ["todo"]
    clock.at += 900
    for keeper in keepers:
        await keeper.round()
    assert await statuses(store) == ["todo", "todo"]
    clock.at -= 9000  # the clock went back: that there was a sweep at this hour says nothing any more
    for keeper in keepers:
        await keeper.round()
    assert await statuses(store) == ["todo"] * 3


async def clock_of(clock: SetClock) -> float:
    return clock.now()


async def test_memory_keeps_a_value_for_its_time(store_url) -> None:
    clock = SetClock(1000)
    store = await open_store(store_url, clock)
    await store.set("ignore:1", "rule", keep_s=10)
    await store.set("ignore:1", "another", keep_s=20)
    assert await store.get("ignore:1") == "another"
    assert await store.get("ignore:2") is None
    clock.at = 1021
    assert await store.get("ignore:1") is None
    await store.close()


async def test_old_deliveries_are_forgotten_and_new_ones_kept(store) -> None:
    store._clock = SetClock(1_800_000_000 + 50)
    await store.add(delivery("old"), [])
    await store.forget_old(keep_s=100, keep_dead_s=100)
    assert not await store.add(delivery("old"), [])
    store._clock.at += 100
    await store.forget_old(keep_s=100, keep_dead_s=100)
    assert await store.add(delivery("old"), [])


async def test_everything_survives_a_restart(store_url) -> None:
    store = await open_store(store_url, SystemClock())
    await store.add(delivery("a"), [work(0)])
    await store.set("fact", "kept", keep_s=60)
    await store.close()
    again = await open_store(store_url, SystemClock())
    assert await again.get("fact") == "kept"
    assert not await again.add(delivery("a"), [work(0)])
    assert await statuses(again) == ["todo"]
    await again.close()


async def test_store_of_a_newer_version_is_refused(store_url) -> None:
    store = await open_store(store_url, SystemClock())
    await rows(store, "INSERT INTO scansion_schema(version) VALUES (99)")
    await store.close()
    with pytest.raises(StoreError, match="newer Scansion"):
        await open_store(store_url, SystemClock())


async def test_outcome_is_kept_whatever_its_text(store) -> None:
    ended = Ended(
        job_id=1,
        kind="review",
        lane="l",
        outcome="dead",
        remark="a\0b" + "x" * 9000,
        attempt=1,
        ended_at=2.0,
        seconds=0.5,
    )
    await store.record(ended)
    ((remark,),) = await rows(store, "SELECT remark FROM scansion_outcome")
    assert remark.startswith("abx")
    assert len(remark) == 4000


async def test_closed_store_says_so(store_url) -> None:
    store = await open_store(store_url, SystemClock())
    await store.close()
    with pytest.raises(StoreError):
        await store.add(delivery("late"), [work()])


async def test_end_that_could_not_be_written_is_written_later(store, monkeypatch) -> None:
    """A full disk at the wrong moment left a job running for ever, and its lane blocked."""
    monkeypatch.setattr("bot.shell.engine.UNSETTLED_AFTER_S", 0)
    recorder = Recorder()
    async with working(store, recorder.run) as engine:
        real, failures = engine.app.job_manager.finish_job, [1]

        async def finish(**arguments):
            if failures:
                failures.pop()
                raise StoreError("the disk is full")
            await real(**arguments)

        engine.app.job_manager.finish_job = finish
        await store.add(None, [work(0), work(1)])
        await until(lambda: not failures)
        await until(lambda: not any(recorder.running.values()))
        engine.app.job_manager.finish_job = real
        await engine.settle()
        await until(lambda: recorder.order == [0, 1])
