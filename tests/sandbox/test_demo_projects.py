"""The sample projects of the demo: real-looking histories, and pipelines that a good fix turns green."""

from __future__ import annotations

import tomllib

import pytest
import yaml

from bot.shell.sandbox.demo_projects import open_ledger_request, open_metrum_request, seed
from bot.shell.sandbox.sandbox import Sandbox

INSTALL = "before_script:\n  - apt-get update && apt-get install -y --no-install-recommends {}\n"


@pytest.fixture
def demo():
    return seed(Sandbox())


def run_with(demo, packages):
    ci = demo.ledger.repository.resolve("main").tree[".gitlab-ci.yml"].decode()
    repaired = ci.replace("before_script:\n", INSTALL.format(packages))
    demo.gitlab.push(demo.ledger, "fix", {".gitlab-ci.yml": repaired}, "Install packages", demo.bot)
    return demo.ledger.pipelines[-1].jobs[0]


@pytest.mark.parametrize("name", ["ledger", "metrum"])
def test_files_of_a_sample_are_whole(demo, name):
    tree = getattr(demo, name).repository.resolve("main").tree
    assert {".gitlab-ci.yml", "pyproject.toml", "poetry.lock", "README.md"} <= tree.keys()
    assert tomllib.loads(tree["pyproject.toml"].decode())["project"]["name"] == name
    assert tomllib.loads(tree["poetry.lock"].decode())["metadata"]["lock-version"]
    assert yaml.safe_load(tree[".gitlab-ci.yml"])["stages"] == ["test", "publish"]


def test_ledger_lost_its_libraries_with_the_slim_image(demo):
    statuses = [pipeline.status for pipeline in demo.ledger.pipelines]
    assert statuses == ["success", "failed"]
    assert [(package.name, package.version) for package in demo.ledger.packages] == [("ledger", "0.1.0")]


def test_ledger_request_fails_for_pg_config(demo):
    open_ledger_request(demo)
    job = demo.ledger.pipelines[-1].jobs[0]
    assert (job.name, job.status) == ("test", "failed")
    assert b"Error: pg_config executable not found." in job.trace
    assert job.trace.rstrip().splitlines()[-2].endswith(b"ERROR: Job failed: exit code 1")


@pytest.mark.parametrize(
    ("packages", "next_word"),
    [
        ("libpq-dev", b"No such file or directory: 'gcc'"),
        ("libpq-dev gcc", b"fatal error: stdlib.h"),
        ("libpq-dev gcc libc6-dev", b"git: command not found"),
        ("libpq-devel", b"E: Unable to locate package libpq-devel"),
    ],
)
def test_half_a_fix_shows_the_next_missing_thing(demo, packages, next_word):
    job = run_with(demo, packages)
    assert (job.status, next_word in job.trace) == ("failed", True)


@pytest.mark.parametrize("packages", ["libpq-dev gcc libc6-dev git", "build-essential libpq-dev git"])
def test_whole_fix_turns_the_job_green(demo, packages):
    job = run_with(demo, packages)
    assert (job.status, b"10 passed" in job.trace) == ("success", True)


def test_metrum_request_publishes_a_version_that_is_there(demo):
    open_metrum_request(demo)
    jobs = demo.metrum.pipelines[-1].jobs
    assert [(job.name, job.status) for job in jobs[:3]] == [(f"test-3.{n}", "success") for n in (10, 11, 12)]
    assert (jobs[3].status, b"already been taken" in jobs[3].trace) == ("failed", True)


def test_publishing_only_from_main_leaves_the_job_out_of_a_branch(demo):
    ci = demo.metrum.repository.resolve("main").tree[".gitlab-ci.yml"].decode()
    limited = ci + "  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n"
    demo.gitlab.push(demo.metrum, "limited", {".gitlab-ci.yml": limited}, "Publish from main", demo.jonas)
    assert [job.name for job in demo.metrum.pipelines[-1].jobs] == ["test-3.10", "test-3.11", "test-3.12"]
    assert demo.metrum.pipelines[-1].status == "success"


async def test_slow_pipelines_are_pending_until_their_time():
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.slow_pipelines(3600)
        open_ledger_request(demo)
        assert demo.ledger.pipelines[-1].status == "pending"


def test_history_lies_in_the_past_and_the_request_is_of_today(demo):
    request = open_ledger_request(demo)
    commits = list(demo.ledger.repository.history(request.sha))
    times = [commit.time for commit in commits]
    assert times == sorted(times, reverse=True)
    assert times[0] - times[1] > 11 * 24 * 3600
