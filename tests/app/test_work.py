"""Kinds of work: whose pipeline it is, and what is looked at."""

from dataclasses import replace

import pytest

from bot.app.ports import Done
from bot.app.work import branch, diagnose, review, sweep, watch
from bot.core.check import Report
from bot.core.diagnosis import TraceReport, Verdict
from bot.core.finding import Skipped
from tests.app.world import NEEDS_LIBPQ, World

GOOD_CI = "test:\n  cache: {paths: [.venv]}\n  script:\n    - poetry install\n"


@pytest.fixture
def world():
    return World().with_project(**{".gitlab-ci.yml": GOOD_CI}).with_request({"src/app.py": "print()\n"})


def pipeline_payload(pipeline, ref="feature", iid=None):
    return {"project_id": 7, "pipeline_id": pipeline, "ref": ref, "sha": "", "iid": iid}


def added(world):
    return [(item.kind, item.lane) for item, _ in world.queue.items]


async def test_a_branch_pipeline_is_handed_on_to_its_merge_request(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await diagnose.run(pipeline_payload(pipeline), world.services)
    assert added(world) == [("review", "mr:7:1")]
    assert world.forge.writes == []


@pytest.mark.parametrize("ref", ["refs/merge-requests/1/head", "refs/merge-requests/1/merge"])
async def test_a_merge_request_ref_names_its_merge_request(world, ref):
    await diagnose.run(pipeline_payload(5, ref), world.services)
    assert added(world) == [("review", "mr:7:1")]


async def test_a_merge_train_that_fails_is_told_and_stays_told(world):
    world.forge.run_pipeline("feature", "success")
    train = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    run = world.forge.runs[train]
    fields = {name: getattr(run, name) for name in run.__slots__}
    world.forge.runs[train] = type(run)(**{**fields, "ref": "refs/merge-requests/1/train", "sha": "0" * 40})
    await diagnose.run(pipeline_payload(train, iid=1), world.services)
    assert "needs `libpq-dev`" in world.note().body
    writes = list(world.forge.writes)
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.forge.writes == writes


async def test_a_child_pipeline_that_fails_is_told(world):
    child = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ}, source="parent_pipeline")
    world.forge.run_pipeline("feature", "failed")
    await diagnose.run(pipeline_payload(child, iid=1), world.services)
    assert "needs `libpq-dev`" in world.note().body


async def test_another_pipeline_of_the_same_commit_is_not_taken_for_the_heads(world):
    other = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ}, source="web")
    world.forge.run_pipeline("feature", "success")
    await diagnose.run(pipeline_payload(other, iid=1), world.services)
    assert world.note() is None


async def test_a_green_pipeline_takes_back_what_was_said(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "`test` failed" in world.note().body.splitlines()[0]
    world.forge.run_pipeline("feature", "success")
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.note().body.startswith("**Nothing left to fix.**")


async def test_while_a_new_pipeline_runs_the_note_stands(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await review.run({"project_id": 7, "iid": 1}, world.services)
    world.forge.run_pipeline("feature", "running")
    writes = list(world.forge.writes)
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.forge.writes == writes


async def test_a_log_that_is_not_complete_is_read_again_once_later(world):
    world.forge.run_pipeline("feature", "failed", {"test": "still running"})
    for _ in range(3):
        await review.run({"project_id": 7, "iid": 1}, world.services)
    assert [(item.kind, delay > 0) for item, delay in world.queue.items] == [("review", True)]


async def test_a_job_that_may_fail_is_not_told(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [job] = world.forge.jobs_of[pipeline]
    fields = {name: getattr(job, name) for name in job.__slots__}
    world.forge.jobs_of[pipeline] = [type(job)(**{**fields, "allow_failure": True})]
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.note() is None


async def test_jobs_that_fail_for_one_reason_are_one_failure(world):
    world.forge.run_pipeline("feature", "failed", {f"test {n}": NEEDS_LIBPQ for n in range(6)})
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "`test 0`, `test 1`, `test 2` and 3 more failed" in world.note().body.splitlines()[0]


async def test_the_pipeline_of_a_fork_is_found_in_the_fork():
    world = World().with_project(**{".gitlab-ci.yml": GOOD_CI})
    world.forge.add_project({".gitlab-ci.yml": GOOD_CI}, 8, "dana/app")
    world.forge.push(8, "patch", {"a.py": ""})
    world.forge.bases[7, 1] = world.forge.branches[7, "main"]
    world.forge.open_request("patch", source_project=8)
    world.forge.run_pipeline("patch", "failed", {"test": NEEDS_LIBPQ}, project_id=8)
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "`test` failed" in world.note().body.splitlines()[0]
    assert world.fixups() == []


async def test_a_branch_that_is_gone_is_left_alone(world):
    outcome = await branch.run({"project_id": 7, "ref": "gone"}, world.services)
    assert outcome == Done("`gone` is gone")


async def test_a_fixups_branch_without_merge_request_is_left_alone(world):
    outcome = await diagnose.run(pipeline_payload(5, "scansion/x-0123"), world.services)
    assert isinstance(outcome, Done)
    assert added(world) == []


async def test_watching_a_branch_without_a_fixup_does_nothing(world):
    await watch.run(pipeline_payload(5, "scansion/x-0123"), world.services)
    assert added(world) == []


async def test_a_sweep_looks_at_every_open_merge_request_and_default_branch(world):
    world.forge.push(7, "other", {}, start=world.forge.branches[7, "main"])
    world.forge.open_request("other")
    world.forge.change_request(1, state="merged")
    await sweep.run({}, world.services)
    assert added(world) == [("review", "mr:7:2"), ("branch", "ref:7:main")]


async def test_a_fault_of_our_own_is_told_to_the_operator_and_the_rest_goes_on(world):
    def check(snapshot, policy):
        return Report(failed=(Skipped("some-rule", "KeyError: x"),))

    def broken(chunks, snapshot, job, usual):
        raise ValueError("a mistake of ours")

    world.judge = replace(world.judge, check=check, diagnose=broken)
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    outcome = await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "rule some-rule: KeyError: x" in outcome.summary
    assert "ValueError: a mistake of ours" in outcome.summary
    assert ("fault", "rule some-rule") in outcome.counts
    assert ("fault", "log") in outcome.counts
    assert "no known cause explains it" in world.note().body


async def test_a_log_that_is_not_read_to_its_end_is_closed(world):
    closed = []

    def first_piece_only(chunks, snapshot, job, usual):
        assert next(chunks)
        return TraceReport(verdict=Verdict.UNKNOWN)

    async def trace(project_id, job_id):
        try:
            for _ in range(1000):
                yield b"x\n"
        finally:
            closed.append(job_id)

    world.forge.trace = trace
    world.judge = replace(world.judge, diagnose=first_piece_only)
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert len(closed) == 1


async def test_a_child_pipeline_that_failed_unheard_is_found_by_its_parent(world):
    world.forge.run_pipeline("feature", "failed")
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ}, source="parent_pipeline")
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "needs `libpq-dev`" in world.note().body
    writes, calls = list(world.forge.writes), world.forge.calls["pipelines"]
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.forge.writes == writes
    assert world.forge.calls["pipelines"] == calls, "the note remembers it"


@pytest.mark.parametrize("reason", ["stuck_or_timeout_failure", "runner_system_failure", "ci_quota_exceeded"])
async def test_a_job_that_never_ran_is_told_by_gitlabs_reason_and_is_nobodys_fault(world, reason):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": ""})
    [job] = world.forge.jobs_of[pipeline]
    world.forge.jobs_of[pipeline] = [replace(job, failure_reason=reason)]
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "**`test` failed through no fault of this change:**" in world.note().body
    assert "Cause: `runner-failure`" in world.note().body


async def test_gitlabs_reason_adds_nothing_where_the_log_tells(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [job] = world.forge.jobs_of[pipeline]
    world.forge.jobs_of[pipeline] = [replace(job, failure_reason="runner_system_failure")]
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "needs `libpq-dev`" in world.note().body
    assert "runner-failure" not in world.note().body
