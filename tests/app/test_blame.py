"""Whose fault a failure is, as the note says it."""

import dataclasses

import pytest

from bot.app.reconcile import reconcile
from tests.app.world import JUDGE, NEEDS_LIBPQ, World
from tests.fakes import FakeForge


@pytest.fixture
def world():
    return World().with_project().with_request({"src/app.py": "print()\n"})


def job(forge: FakeForge, pipeline: int, status: str):
    [job] = forge.jobs_of[pipeline]
    fields = {name: getattr(job, name) for name in job.__slots__}
    return type(job)(**{**fields, "id": forge.next_id(), "status": status})


def earlier(forge: FakeForge, pipeline: int):
    """An attempt of the pipeline's job that passed before the one that failed."""
    [last] = forge.jobs_of[pipeline]
    return dataclasses.replace(last, id=last.id - 1, status="success")


async def first_line(world):
    await reconcile(world.services, 7, 1)
    return world.note().body.splitlines()[0]


async def test_a_job_that_passes_on_the_target_is_broken_by_this_change(world):
    pipeline = world.forge.run_pipeline("main", "success", {"test": ""})
    world.forge.jobs_of[pipeline] = [job(world.forge, pipeline, "success")]
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    assert (await first_line(world)).startswith("**This change breaks `test`:**")


async def test_a_job_that_fails_so_on_the_target_was_red_already(world):
    world.forge.run_pipeline("main", "failed", {"test": NEEDS_LIBPQ})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    assert (await first_line(world)).startswith("**`test` failed, as on the target branch already:**")


async def test_a_job_that_fails_otherwise_on_the_target_is_broken_by_this_change(world):
    world.forge.run_pipeline("main", "failed", {"test": NEEDS_LIBPQ.replace("libpq-dev", "gcc")})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    assert (await first_line(world)).startswith("**This change breaks `test`:**")


async def test_a_job_whose_other_attempt_passed_is_flaky(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    world.forge.jobs_of[pipeline].insert(0, earlier(world.forge, pipeline))
    assert (await first_line(world)).startswith("**`test` failed, though the same code passed before:**")


async def test_without_a_history_nobody_is_blamed(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    assert (await first_line(world)).startswith("**`test` failed:**")


async def test_the_history_is_read_once(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    world.forge.calls.clear()
    await reconcile(world.services, 7, 1)
    assert world.forge.calls["pipelines"] == 0
    assert world.forge.calls["trace"] == 0


async def test_infrastructure_is_nobodys_fault_and_asks_for_no_history(world):
    def no_space(chunks, snapshot, job, usual):
        report = JUDGE.diagnose(chunks, snapshot, job, usual)
        return dataclasses.replace(
            report, diagnoses=tuple(dataclasses.replace(item, infrastructure=True) for item in report.diagnoses)
        )

    world.judge = dataclasses.replace(JUDGE, diagnose=no_space)
    world.forge.run_pipeline("main", "failed", {"test": NEEDS_LIBPQ})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    assert (await first_line(world)).startswith("**`test` failed through no fault of this change:**")
    assert world.forge.calls["pipelines"] == 0


async def test_of_the_target_only_the_logs_of_the_same_jobs_are_read(world):
    world.forge.run_pipeline("main", "failed", {"test": NEEDS_LIBPQ, "lint": NEEDS_LIBPQ, "docs": NEEDS_LIBPQ})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert world.forge.calls["trace"] == 2
    assert world.forge.calls["jobs"] == 2


async def test_jobs_are_asked_for_once_until_the_pipeline_changes(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    for _ in range(2):
        await reconcile(world.services, 7, 1)
    assert world.forge.calls["jobs"] == 1
    world.forge.runs[pipeline] = dataclasses.replace(world.forge.runs[pipeline], updated_at="later")
    await reconcile(world.services, 7, 1)
    assert world.forge.calls["jobs"] == 2
