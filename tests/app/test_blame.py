"""Whose fault a failure is, as the note says it."""

import pytest

from bot.app.reconcile import reconcile
from tests.app.world import NEEDS_LIBPQ, World
from tests.fakes import FakeForge


@pytest.fixture
def world():
    return World().with_project().with_request({"src/app.py": "print()\n"})


def job(forge: FakeForge, pipeline: int, status: str):
    [job] = forge.jobs_of[pipeline]
    fields = {name: getattr(job, name) for name in job.__slots__}
    return type(job)(**{**fields, "id": forge.next_id(), "status": status})


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
    world.forge.jobs_of[pipeline].append(job(world.forge, pipeline, "success"))
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
