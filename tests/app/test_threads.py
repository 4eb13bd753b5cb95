"""Threads with suggestions."""

import pytest

from bot.app.judge import Judge
from bot.app.reconcile import reconcile
from bot.app.work import command
from tests.app.world import CI, NEEDS_LIBPQ, PYPROJECT, World
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


def says_where(world, thread):
    place = f"{world.forge.requests[7, 1].web_url}#note_{thread.notes[0].id}"
    return f"Fix: [a suggestion in the diff](<{place}>)." in world.note().body


async def test_a_fix_inside_the_diff_becomes_a_suggestion(world):
    await reconcile(world.services, 7, 1)
    [thread] = threads(world)
    assert thread.notes[0].new_line == 4
    assert '```suggestion:-0+0\nversion = "0.1.1"\n```' in thread.notes[0].body
    note = thread.notes[0].id
    assert (
        f"Fix: [a suggestion in the diff](<{world.forge.requests[7, 1].web_url}#note_{note}>)" in world.note().body
    )
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


# --- what failed -------------------------------------------------------------------------------------------

SLOWER = CI.replace("poetry run pytest", "poetry run pytest -x")
CURED = SLOWER.replace("    - poetry install", "    - apt-get install -y libpq-dev\n    - poetry install")


@pytest.fixture
def failing():
    """A merge request that changes the CI file near the line that lacks something, and whose pipeline failed."""
    world = World().with_project().with_request({".gitlab-ci.yml": SLOWER})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    return world


def of_failure(world):
    """The threads that are about the failure."""
    return [thread for thread in threads(world) if "**`test` failed**" in thread.notes[0].body]


async def test_a_failures_fix_inside_the_diff_is_one_suggestion_and_no_fixup(failing):
    for _ in range(2):
        await reconcile(failing.services, 7, 1)
    [thread] = of_failure(failing)
    assert "suggestion:-0+0\n  script:\n    - apt-get install -y libpq-dev\n```" in thread.notes[0].body
    assert failing.fixups() == []
    assert (
        f"Fix: [a suggestion in the diff](<{failing.forge.requests[7, 1].web_url}#note_{thread.notes[0].id}>)"
        in (failing.note().body)
    )


async def test_its_thread_is_resolved_when_the_failure_is_gone(failing):
    await reconcile(failing.services, 7, 1)
    writes = list(failing.forge.writes)
    failing.forge.push(7, "feature", {".gitlab-ci.yml": CURED})
    failing.forge.run_pipeline("feature", "running")
    await reconcile(failing.services, 7, 1)
    assert failing.forge.writes == writes, "the pipeline that proves it still runs"
    failing.forge.run_pipeline("feature", "success")
    await reconcile(failing.services, 7, 1)
    [thread] = of_failure(failing)
    assert thread.notes[0].resolved


async def test_the_next_missing_thing_gets_a_suggestion_of_its_own(failing):
    await reconcile(failing.services, 7, 1)
    failing.forge.push(7, "feature", {".gitlab-ci.yml": CURED})
    failing.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ.replace("libpq-dev", "gcc")})
    await reconcile(failing.services, 7, 1)
    first, second = of_failure(failing)
    assert first.notes[0].resolved
    assert "install -y gcc" in second.notes[0].body
    assert not second.notes[0].resolved


async def test_no_suggestion_is_opened_from_the_log_of_an_older_head(failing):
    failing.forge.change_request(1, draft=True)
    await reconcile(failing.services, 7, 1)  # the note tells the failure, a draft gets no thread
    failing.forge.change_request(1, draft=False)
    failing.forge.push(7, "feature", {".gitlab-ci.yml": SLOWER.replace("-x", "-q")})
    failing.forge.run_pipeline("feature", "running")
    await reconcile(failing.services, 7, 1)
    assert of_failure(failing) == []


async def test_a_fixup_that_a_person_asks_for_takes_the_suggestions_place(failing):
    await reconcile(failing.services, 7, 1)
    failing.forge.write(1, "/scansion fix")
    asked = failing.forge.notes(1)[-1]
    payload = {"project_id": 7, "iid": 1, "note_id": asked.id}
    await command.run(payload, failing.services)
    [fixup] = failing.fixups()
    assert fixup.draft
    assert [thread.notes[0].resolved for thread in of_failure(failing)] == [True]
    assert f"Fixed in !{fixup.iid}." in failing.note().body
    assert "a suggestion in the diff" not in failing.note().body


async def test_a_failure_that_was_foretold_keeps_the_thread_of_the_finding():
    world = World().with_project().with_request({".gitlab-ci.yml": SLOWER, "poetry.lock": 'name = "psycopg2"\n'})
    await reconcile(world.services, 7, 1)
    before = threads(world)
    assert "**error** `missing-system-package`" in before[-1].notes[0].body
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert [thread.id for thread in threads(world)] == [thread.id for thread in before]
    assert len(of_failure(world)) == 1
    assert world.note().body.count("libpq-dev") == 2, "in the verdict and in the line of the log"


async def test_a_thread_that_a_person_resolved_stays_so_where_the_note_was_edited(world):
    await reconcile(world.services, 7, 1)
    note = world.note()
    await world.forge.update_note(7, 1, note.id, "Our words.\n\n" + note.body.split("\n\n")[-1])
    for path in ("one.md", "two.md"):
        await world.forge.resolve(7, 1, threads(world)[0].id, resolved=True)
        world.forge.push(7, "feature", {path: "Read\n"})
        await reconcile(world.services, 7, 1)
    assert threads(world)[0].notes[0].resolved


async def test_a_fix_that_a_person_refused_is_not_suggested_either(failing):
    failing.forge.write(1, "/scansion fix")
    payload = {"project_id": 7, "iid": 1, "note_id": failing.forge.notes(1)[-1].id}
    await command.run(payload, failing.services)
    failing.forge.change_request(failing.fixups()[0].iid, state="closed")
    for _ in range(3):
        await reconcile(failing.services, 7, 1)
    assert [thread.notes[0].resolved for thread in of_failure(failing)] == []
    assert "was closed, so this is not proposed again" in failing.note().body


async def test_a_project_that_wants_no_threads_gets_the_fix_proved():
    world = World().with_project(**{".scansion.toml": "threads = false\n"})
    world.with_request({".gitlab-ci.yml": SLOWER})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
    assert len(world.fixups()) == 1


async def test_a_thread_whose_lines_left_the_diff_is_resolved_and_comes_back_with_them():
    world = World().with_project().with_request({".gitlab-ci.yml": SLOWER})
    await reconcile(world.services, 7, 1)
    for text, resolved in ((CI, True), (SLOWER, False)):
        world.forge.push(7, "feature", {".gitlab-ci.yml": text})
        await reconcile(world.services, 7, 1)
        assert threads(world)[0].notes[0].resolved is resolved
    assert "Fix: [a suggestion in the diff]" in world.note().body


async def test_marking_as_draft_leaves_the_threads_as_they_are(world):
    await reconcile(world.services, 7, 1)
    writes = list(world.forge.writes)
    for draft in (True, False):
        world.forge.change_request(1, draft=draft)
        await reconcile(world.services, 7, 1)
    assert world.forge.writes == writes


async def test_a_hint_whose_fix_changes_behaviour_opens_no_thread():
    only = "test:\n  image: python:3.12-slim\n  script: [pytest]\n  only: [main]\n"
    world = World(judge=Judge()).with_project(**{"pyproject.toml": PYPROJECT})
    world.with_request({".gitlab-ci.yml": only})
    await reconcile(world.services, 7, 1)
    await reconcile(world.services, 7, 1)
    assert threads(world) == []
