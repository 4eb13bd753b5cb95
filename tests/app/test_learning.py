"""What installing costs in a project's own jobs: read from green runs where a review wants it, told next time."""

from __future__ import annotations

import pytest

from bot.app.event import learn_work
from bot.app.judge import Judge
from bot.app.work import learn, review
from bot.shell.sandbox.job_log import JobLog
from tests.app.world import World

PYPROJECT = '[tool.poetry]\nname = "app"\nversion = "0.1.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
CI = "test:\n  image: python:3.11.9-slim\n  script:\n    - poetry install\n    - poetry run pytest\n"
CACHED = (
    CI.replace("  script:", "  variables:\n    POETRY_VIRTUALENVS_IN_PROJECT: 'true'\n  script:")
    + "  cache: {key: {files: [poetry.lock]}, paths: [.venv]}\n"
)
REVIEW = {"project_id": 7, "iid": 1}


def run_log(seconds: float, code: int = 0) -> bytes:
    log = JobLog(started=1_790_000_000.0)
    log.note("Running with gitlab-runner 18.6.0")
    log.begin("step_script", 'Executing "step_script" stage of the job script')
    log.command("poetry install")
    log.output("Installing dependencies from lock file", seconds)
    log.command("poetry run pytest")
    log.output("12 passed" if code == 0 else "1 failed", 46)
    return log.finish(code)


def world_with(ci: str) -> World:
    world = World(judge=Judge()).with_project(**{".gitlab-ci.yml": ci, "pyproject.toml": PYPROJECT})
    return world.with_request({"src/app.py": "print()\n"})


@pytest.fixture
def world():
    return world_with(CI)


async def go_green(world: World, logs: dict[str, bytes], branch: str = "feature") -> None:
    pipeline = world.forge.run_pipeline(branch, "success", logs)
    await learn.run(learn_work(7, pipeline).payload, world.services)


async def test_next_review_says_what_installing_cost_in_green_runs(world):
    await review.run(REVIEW, world.services)
    assert "Installing took" not in world.note().body
    for seconds in (90, 94, 120):
        await go_green(world, {"test": run_log(seconds)})
    await review.run(REVIEW, world.services)
    assert "Installing took 94 s of 140 s (medians of 3 recent runs" in world.note().body


async def test_review_asks_gitlab_for_nothing_more(world):
    await review.run(REVIEW, world.services)
    await go_green(world, {"test": run_log(94)})
    await review.run(REVIEW, world.services)
    world.forge.calls.clear()
    await review.run(REVIEW, world.services)
    assert world.forge.calls["jobs"] == world.forge.calls["trace"] == 0
    assert world.forge.calls.total() <= 6


async def test_nothing_is_asked_of_gitlab_where_no_review_wants_to_know():
    world = world_with(CACHED)
    await review.run(REVIEW, world.services)
    world.forge.calls.clear()
    await go_green(world, {"test": run_log(94)})
    assert world.forge.calls.total() == 0


async def test_some_runs_are_enough(world):
    await review.run(REVIEW, world.services)
    for _ in range(8):
        await go_green(world, {"test": run_log(94)})
    assert world.forge.calls["trace"] == 5
    await review.run(REVIEW, world.services)
    assert "medians of 5 recent runs" in world.note().body


async def test_the_same_green_pipeline_told_twice_counts_once(world):
    await review.run(REVIEW, world.services)
    pipeline = world.forge.run_pipeline("feature", "success", {"test": run_log(94)})
    for _ in range(2):
        await learn.run(learn_work(7, pipeline).payload, world.services)
    await review.run(REVIEW, world.services)
    assert "Installing took 94 s of 140 s in the last run" in world.note().body


async def test_what_was_measured_long_ago_is_forgotten(world):
    await review.run(REVIEW, world.services)
    await go_green(world, {"test": run_log(94)})
    world.clock.time += 15 * 86400
    await review.run(REVIEW, world.services)
    assert "Installing took" not in world.note().body


async def test_failed_run_whose_log_is_read_anyway_tells_too(world):
    world.forge.run_pipeline("feature", "failed", {"test": run_log(94, code=1)})
    await review.run(REVIEW, world.services)
    await review.run(REVIEW, world.services)
    assert "Installing took 94 s of 140 s in the last run" in world.note().body


async def test_runs_of_a_matrix_count_for_the_job_of_the_file(world):
    await review.run(REVIEW, world.services)
    await go_green(world, {"test: [3.11]": run_log(90), "test: [3.12]": run_log(94), "lint": run_log(5)})
    await review.run(REVIEW, world.services)
    assert "in the last run" in world.note().body


async def test_log_that_is_gone_teaches_nothing(world):
    await review.run(REVIEW, world.services)
    pipeline = world.forge.run_pipeline("feature", "success", {"test": run_log(94)})
    world.forge.traces.clear()
    await learn.run(learn_work(7, pipeline).payload, world.services)
    await review.run(REVIEW, world.services)
    assert "Installing took" not in world.note().body


def mystery(*lines: str, code: int) -> bytes:
    log = JobLog(started=1_790_000_000.0)
    log.note("Running with gitlab-runner 18.6.0")
    log.begin("step_script", 'Executing "step_script" stage of the job script')
    log.command("./ci/mystery")
    log.output("\n".join(lines), 3)
    return log.finish(code)


async def fail_with(world: World, log: bytes) -> None:
    world.forge.run_pipeline("feature", "failed", {"mystery": log})
    await review.run(REVIEW, world.services)


async def test_of_an_unexplained_failure_only_the_lines_are_shown_that_no_green_run_had(world):
    usual = "error: cannot find the old cache, making one"
    await fail_with(world, mystery(usual, "fatal: cannot open gate 7", code=3))
    assert usual in world.note().body
    await go_green(world, {"mystery": mystery(usual, "done in 3 s", code=0)})
    await fail_with(world, mystery(usual, "fatal: cannot open gate 8", code=3))
    now = world.note().body.partition("<summary>Before")[0]
    assert "cannot open gate 8" in now
    assert usual not in now


async def test_run_that_is_cut_off_teaches_nothing(world):
    usual = "error: cannot find the old cache, making one"
    await fail_with(world, mystery(usual, "fatal: cannot open gate 7", code=3))
    await go_green(world, {"mystery": mystery(usual, code=0)[:-40]})
    await fail_with(world, mystery(usual, "fatal: cannot open gate 8", code=3))
    assert usual in world.note().body.partition("<summary>Before")[0]
