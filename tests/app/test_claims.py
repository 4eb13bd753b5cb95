"""Two open merge requests that set one version: each is told of the other, as long as both would publish."""

from __future__ import annotations

import pytest

from bot.app.judge import Judge
from bot.app.work import review, sweep
from tests.app.world import World

CI = (
    "publish:\n  image: python:3.11.9-slim\n  script:\n    - pip install poetry==2.1.4\n"
    "    - poetry config repositories.gitlab $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi\n"
    "    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN\n"
    "  rules:\n    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n"
)


def pyproject(version: str, name: str = "app") -> str:
    return (
        f'[tool.poetry]\nname = "{name}"\nversion = "{version}"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
    )


@pytest.fixture
def world():
    files = {".gitlab-ci.yml": CI, "pyproject.toml": pyproject("0.1.0")}
    return World(judge=Judge()).with_project(**files)


def propose(world: World, branch: str, content: str, **fields) -> int:
    start = world.forge.branches[7, fields.get("target", "main")]
    world.forge.push(7, branch, {"pyproject.toml": content}, start=start)
    return world.forge.open_request(branch, **fields).iid


async def look_at(world: World, *iids: int) -> None:
    """Review merge requests, and then whatever follows from it."""
    for iid in iids:
        await review.run({"project_id": 7, "iid": iid}, world.services)
    for _ in range(10):
        items, world.queue.items[:] = list(world.queue.items), []
        for item, _ in items:
            assert item.kind == "review"
            await review.run(item.payload, world.services)
    assert not world.queue.items, "the reviews never come to rest"


def told(world: World, iid: int) -> str:
    note = world.note(iid)
    return note.body if note and "claims `app`" in note.body.partition("<details>")[0] else ""


async def test_each_of_two_is_told_of_the_other(world):
    first, second = propose(world, "a", pyproject("0.2.0")), propose(world, "b", pyproject("0.2"))
    await look_at(world, first, second)
    assert "`!2` claims `app` 0.2.0 too" in told(world, first)
    assert "`!1` claims `app` 0.2 too" in told(world, second)
    assert "The next free version is 0.2.1" in told(world, second)


async def test_review_asks_gitlab_for_nothing_more(world):
    first, second = propose(world, "a", pyproject("0.2.0")), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    world.forge.calls.clear()
    await look_at(world, second)
    assert world.forge.calls.total() <= 6
    assert world.forge.calls["merge_requests"] == 0


@pytest.mark.parametrize("state", ["closed", "merged"])
async def test_end_of_one_takes_back_what_was_said_to_the_other(world, state):
    first, second = propose(world, "a", pyproject("0.2.0")), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    world.forge.change_request(first, state=state)
    await look_at(world, first)
    assert not told(world, second)


async def test_another_version_takes_it_back_too(world):
    first, second = propose(world, "a", pyproject("0.2.0")), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    world.forge.push(7, "a", {"pyproject.toml": pyproject("0.3.0")})
    await look_at(world, first)
    assert not told(world, first)
    assert not told(world, second)


async def test_end_that_was_never_heard_of_is_noticed_by_the_sweep(world):
    first, second = propose(world, "a", pyproject("0.2.0")), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    world.forge.change_request(first, state="closed")
    await sweep.run({}, world.services)
    world.queue.items.clear()
    await look_at(world, second)
    assert not told(world, second)


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        pytest.param(pyproject("0.2.0"), {"draft": True}, id="draft"),
        pytest.param(pyproject("0.2.0"), {"labels": ("scansion::silent",)}, id="silenced"),
        pytest.param(pyproject("0.2.0", "other"), {}, id="another package"),
        pytest.param(pyproject("0.3.0"), {}, id="another version"),
    ],
)
async def test_what_is_no_rival_is_not_told(world, content, fields):
    first, second = propose(world, "a", content, **fields), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    assert not told(world, second)


async def test_merge_request_of_a_fork_is_no_rival(world):
    world.forge.add_project({"pyproject.toml": pyproject("0.2.0")}, project_id=8, path="dana/app")
    fork = world.forge.open_request("main", source_project=8).iid
    second = propose(world, "b", pyproject("0.2.0"))
    await look_at(world, fork, second)
    assert not told(world, second)


async def test_one_branch_for_two_targets_is_one_change(world):
    world.forge.push(7, "release", {"README.md": ""}, start=world.forge.branches[7, "main"])
    first = propose(world, "a", pyproject("0.2.0"))
    second = world.forge.open_request("a", "release").iid
    await look_at(world, first, second)
    assert not told(world, first)
    assert not told(world, second)


async def test_version_that_is_only_inherited_from_the_target_is_no_claim(world):
    world.forge.push(7, "release", {"pyproject.toml": pyproject("0.2.0")}, start=world.forge.branches[7, "main"])
    first = propose(world, "a", pyproject("0.2.0"))
    world.forge.push(7, "b", {"README.md": "More\n"}, start=world.forge.branches[7, "release"])
    second = world.forge.open_request("b", "release").iid
    await look_at(world, first, second)
    assert not told(world, first)
    assert not told(world, second)


async def test_draft_that_becomes_ready_is_told_and_tells(world):
    first, second = propose(world, "a", pyproject("0.2.0"), draft=True), propose(world, "b", pyproject("0.2.0"))
    await look_at(world, first, second)
    world.forge.change_request(first, draft=False)
    await look_at(world, first)
    assert told(world, first)
    assert told(world, second)
