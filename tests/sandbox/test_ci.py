"""Pipelines, jobs, logs and lint of the simulated GitLab."""

from __future__ import annotations

import pytest

from bot.shell.sandbox.state import JobRun
from tests.worlds import CI, DEV_TOKEN

LINT = "/projects/:id/ci/lint"


async def lint(world, content, **options):
    status, body = await world.ask("POST", LINT, json={"content": content, **options})
    assert status == 200
    return body


async def test_valid_file_is_valid_and_lists_jobs_only_on_request(world):
    plain = await lint(world, CI)
    with_jobs = await lint(world, CI, include_jobs=True)
    assert (plain["valid"], "jobs" in plain) == (True, False)
    [job] = with_jobs["jobs"]
    assert (job["name"], job["script"], "cache" in job, "image" in job) == (
        "test",
        ["poetry install"],
        False,
        False,
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (".a:\n  script: [x]\n", "jobs config should contain at least one visible job"),
        ("test:\n  image: x\n", "jobs:test config should implement the script:, run:, or trigger: keyword"),
        ("test:\n  stage: none\n  script: [x]\n", "chosen stage none does not exist"),
        ("test:\n  extends: .none\n  script: [x]\n", "unknown keys in `extends` (.none)"),
        ("test:\n  script: [x]\n  needs: [build]\n", "undefined need: build"),
        ("include: /none.yml\ntest:\n  script: [x]\n", "Local file `/none.yml` does not exist!"),
        ("test:\n  script: {a: b}\n", "jobs:test"),
        ("test: [\n", "Invalid configuration format"),
        ("- a\n", "Invalid configuration format"),
        ("", "Invalid configuration format"),
    ],
)
async def test_invalid_file_is_answered_with_200_and_its_errors(world, content, words):
    body = await lint(world, content)
    assert body["valid"] is False
    assert words in " ".join(body["errors"])


async def test_merged_text_has_includes_and_hidden_jobs_and_keeps_extends(world):
    world.gitlab.push(world.project, "main", {"base.yml": ".base:\n  image: alpine\n"}, "Base", world.dev)
    body = await lint(world, "include: base.yml\ntest:\n  extends: .base\n  script: [x]\n")
    assert body["valid"]
    assert ".base:" in body["merged_yaml"]
    assert "extends: .base" in body["merged_yaml"]


async def test_references_and_a_spec_header_are_understood(world):
    content = "spec:\n  inputs: {}\n---\n.a:\n  script: [x]\ntest:\n  script:\n    - !reference [.a, script]\n"
    assert (await lint(world, content))["valid"]


async def test_committed_file_is_linted_too(world):
    status, body = await world.ask("GET", LINT, params={"content_ref": "feature"})
    assert (status, body["valid"]) == (200, True)


async def test_pipeline_of_broken_yaml_fails_without_jobs(world):
    world.gitlab.push(world.project, "feature", {".gitlab-ci.yml": "test: [\n"}, "Break", world.dev)
    number = world.project.pipelines[-1].id
    _status, body = await world.ask("GET", f"/projects/:id/pipelines/{number}")
    _status, jobs = await world.ask("GET", f"/projects/:id/pipelines/{number}/jobs")
    assert (body["status"], jobs) == ("failed", [])
    assert "Invalid configuration format" in body["yaml_errors"]


@pytest.mark.parametrize("mark", ["[skip ci]", "[ci skip]"])
async def test_commit_that_says_so_starts_no_pipeline(world, mark):
    before = len(world.project.pipelines)
    world.gitlab.push(world.project, "feature", {"a": "b"}, f"Quiet {mark}", world.dev)
    assert len(world.project.pipelines) == before


async def test_project_without_ci_file_has_no_pipelines(world):
    bare = world.gitlab.create_project("grp/bare", members={world.dev: 40})
    world.gitlab.push(bare, "main", {"a": "b"}, "Start", world.dev)
    assert bare.pipelines == []


async def test_ci_file_of_another_name_is_honoured(world):
    world.project.ci_config_path = "ci/pipeline.yml"
    before = len(world.project.pipelines)
    world.gitlab.push(world.project, "feature", {"ci/pipeline.yml": CI}, "Move", world.dev)
    assert len(world.project.pipelines) == before + 1


async def test_failed_stage_skips_the_next(world):
    runs = [JobRun("test", status="failed"), JobRun("other"), JobRun("deploy", stage="deploy")]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    assert [job.status for job in pipeline.jobs] == ["failed", "success", "skipped"]


async def test_retried_job_is_new_and_the_old_one_is_listed_only_on_request(world):
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("test", status="failed")])
    old = pipeline.jobs[0].id
    status, again = await world.ask("POST", f"/projects/:id/jobs/{old}/retry")
    path = f"/projects/:id/pipelines/{pipeline.id}/jobs"
    _status, latest = await world.ask("GET", path)
    _status, everything = await world.ask("GET", path, params={"include_retried": "true"})
    assert status == 201
    assert [job["id"] for job in latest] == [again["id"]] != [old]
    assert {job["id"] for job in everything} == {old, again["id"]}
    assert (await world.ask("POST", f"/projects/:id/jobs/{old}/retry"))[0] == 403


async def test_jobs_are_filtered_by_scope_and_say_why_they_failed(world):
    runs = [JobRun("good"), JobRun("bad", status="failed", failure_reason="runner_system_failure")]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    path = f"/projects/:id/pipelines/{pipeline.id}/jobs"
    _status, [failed] = await world.ask("GET", path, params=[("scope[]", "failed")])
    _status, [good] = await world.ask("GET", path, params=[("scope[]", "success")])
    assert (failed["name"], failed["failure_reason"]) == ("bad", "runner_system_failure")
    assert "failure_reason" not in good


@pytest.mark.parametrize("trace", [b"", b"plain\r\nlines\x1b[0m", b"\xff\xfe not text", b"x" * 3_000_000])
async def test_log_is_given_as_it_is(world, trace):
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("test", trace=trace)])
    url = f"{world.gitlab.url}/api/v4/projects/{world.project.id}/jobs/{pipeline.jobs[0].id}/trace"
    async with world.session.get(url, headers={"PRIVATE-TOKEN": DEV_TOKEN}) as answer:
        assert await answer.read() == trace
        assert answer.content_type == "text/plain"
        assert answer.headers["Content-Disposition"].startswith("infile; filename=")


async def test_log_that_is_gone_is_not_found(world):
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("test", trace=None)])
    assert (await world.ask("GET", f"/projects/:id/jobs/{pipeline.jobs[0].id}/trace"))[0] == 404


async def test_status_is_set_and_not_set_to_the_same_again(world):
    sha = world.project.repository.branches["feature"]
    path, new = f"/projects/:id/statuses/{sha}", {"state": "running", "name": "scansion"}
    assert (await world.ask("POST", path, json=new))[0] == 201
    status, body = await world.ask("POST", path, json=new)
    assert (status, "Cannot transition status" in body["message"]) == (400, True)
    assert (await world.ask("POST", path, json={**new, "state": "success"}))[0] == 201
    assert (await world.ask("POST", path, json={**new, "state": "great"}))[0] == 400
