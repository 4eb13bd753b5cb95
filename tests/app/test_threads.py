"""Threads with suggestions."""

import pytest

from bot.app.reconcile import reconcile
from tests.app.world import PYPROJECT, World
from tests.fakes import DEVELOPER

BUMPED = PYPROJECT.replace("0.1.0", "0.1.1")
TOUCHED = PYPROJECT.replace('name = "app"', 'name = "app"\ndescription = "An app"')
GOOD_CI = "test:\n  cache: {paths: [.venv]}\n  script:\n    - poetry install\n"


@pytest.fixture
def world():
    world = World().with_project(**{".gitlab-ci.yml": GOOD_CI, "pyproject.toml": PYPROJECT})
    return world.with_request({"pyproject.toml": TOUCHED})


def threads(world):
    return [thread for thread in world.forge.threads[7, 1] if "scansion:thread" in thread.notes[0].body]


async def test_a_fix_inside_the_diff_becomes_a_suggestion(world):
    await reconcile(world.services, 7, 1)
    [thread] = threads(world)
    assert thread.notes[0].new_line == 4
    assert '```suggestion:-0+0\nversion = "0.1.1"\n```' in thread.notes[0].body
    assert "A suggestion stands in the diff." in world.note().body
    assert world.fixups() == []


async def test_a_thread_is_resolved_when_fixed_and_opened_again_when_back(world):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {"pyproject.toml": BUMPED})
    await reconcile(world.services, 7, 1)
    assert threads(world)[0].notes[0].resolved
    world.forge.push(7, "feature", {"pyproject.toml": TOUCHED})
    await reconcile(world.services, 7, 1)
    [thread] = threads(world)
    assert not thread.notes[0].resolved


async def test_a_thread_that_a_person_resolved_stays_resolved(world):
    await reconcile(world.services, 7, 1)
    await world.forge.resolve(7, 1, threads(world)[0].id, resolved=True)
    world.forge.push(7, "feature", {"README.md": "Read\n"})
    await reconcile(world.services, 7, 1)
    assert threads(world)[0].notes[0].resolved


async def test_a_thread_with_a_persons_reply_is_never_touched(world):
    await reconcile(world.services, 7, 1)
    world.forge.write(1, "We bump it later.", DEVELOPER, threads(world)[0].id)
    world.forge.push(7, "feature", {"pyproject.toml": BUMPED})
    await reconcile(world.services, 7, 1)
    assert not threads(world)[0].notes[0].resolved


async def test_a_draft_gets_the_note_but_no_thread_and_no_fixup(world):
    world.forge.change_request(1, draft=True)
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
    assert world.note() is not None
    world.forge.change_request(1, draft=False)
    await reconcile(world.services, 7, 1)
    assert len(threads(world)) == 1


async def test_a_huge_merge_request_is_told_in_the_note_alone(world):
    world.forge.change_request(1, changed_files=5000)
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
    assert world.forge.calls["merge_request_diffs"] == 0
    assert world.note() is not None


async def test_a_position_that_gitlab_refuses_leaves_the_note_alone_to_tell_it(world):
    async def other_refs(project_id, iid):
        request = await type(world.forge).merge_request(world.forge, project_id, iid)
        refs = type(request.diff_refs)("0", "0", request.sha)
        return type(request)(**{**{f: getattr(request, f) for f in request.__slots__}, "diff_refs": refs})

    world.forge.merge_request = other_refs
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
    assert "Fix: `/scansion fix duplicate-version`." in world.note().body


async def test_without_diff_refs_no_thread_is_tried(world):
    world.forge.change_request(1, diff_refs=None)
    await reconcile(world.services, 7, 1)
    assert threads(world) == []


async def test_a_merge_request_without_a_diff_is_reviewed_all_the_same():
    world = World().with_project(**{".gitlab-ci.yml": GOOD_CI, "pyproject.toml": PYPROJECT}).with_request({})
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
    assert "duplicate-version" in world.note().body
