"""The review of a merge request: one quiet note."""

from dataclasses import replace

import pytest

from bot.app.ports import Done
from bot.app.reconcile import look, reconcile
from bot.core.check import Report
from bot.core.render.reply import ReplyMark, render_reply
from tests.app.world import World
from tests.fakes import DEVELOPER, User

GOOD_CI = "test:\n  cache: {paths: [.venv]}\n  script:\n    - poetry install\n"


@pytest.fixture
def world():
    return World().with_project().with_request({"src/app.py": "print()\n"})


async def test_findings_make_one_note_with_the_verdict_in_its_first_line(world):
    await reconcile(world.services, 7, 1)
    first = world.note().body.splitlines()[0]
    assert first == "**Nothing will break; 1 thing could be better.**"
    assert "[`.gitlab-ci.yml:3`]" in world.note().body


async def test_nothing_is_written_when_nothing_changed(world):
    await reconcile(world.services, 7, 1)
    writes = list(world.forge.writes)
    for _ in range(3):
        await reconcile(world.services, 7, 1)
    assert world.forge.writes == writes


async def test_a_push_that_changes_no_finding_leaves_the_note_alone(world):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {"src/app.py": "print(1)\n"})
    writes = list(world.forge.writes)
    await reconcile(world.services, 7, 1)
    assert world.forge.writes == writes


async def test_a_second_review_takes_at_most_six_requests(world):
    await reconcile(world.services, 7, 1)
    assert world.forge.calls.total() <= 10
    world.forge.calls.clear()
    await reconcile(world.services, 7, 1)
    assert world.forge.calls.total() <= 6


async def test_a_clean_merge_request_gets_no_note():
    world = World().with_project(**{".gitlab-ci.yml": GOOD_CI}).with_request({"a.py": ""})
    await reconcile(world.services, 7, 1)
    assert world.forge.writes == []


async def test_a_fixed_finding_turns_the_note_and_folds_the_past(world):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {".gitlab-ci.yml": GOOD_CI})
    await reconcile(world.services, 7, 1)
    body = world.note().body
    assert body.startswith("**Nothing left to fix.**")
    assert "<details><summary>Before</summary>" in body
    assert "1 thing could be better" in body


async def test_the_note_of_a_predecessor_is_taken_over(world):
    world.forge.me = User(90, "project_7_bot_0123456789abcdef", bot=True)
    await reconcile(world.services, 7, 1)
    world.forge.me = User(91, "project_7_bot_fedcba9876543210", bot=True)
    world.forge.levels[91] = 40
    world.forge.push(7, "feature", {".gitlab-ci.yml": GOOD_CI})
    await reconcile(world.services, 7, 1)
    assert world.note().author.id == 90
    assert world.note().body.startswith("**Nothing left to fix.**")


async def test_a_copied_marker_of_a_person_is_not_taken_for_ours(world):
    await reconcile(world.services, 7, 1)
    copied = world.note().body
    world.forge.threads[7, 1].clear()
    world.memory.values.clear()
    stranger = world.forge.write(1, copied)
    await reconcile(world.services, 7, 1)
    own = [note for note in world.forge.notes(1) if note.author.id == world.forge.me.id]
    assert len(own) == 1
    assert next(note for note in world.forge.notes(1) if note.id == stranger.id).body == copied


async def test_a_strangers_token_cannot_pass_for_the_bot(world):
    await reconcile(world.services, 7, 1)
    copied = world.note().body
    world.forge.threads[7, 1].clear()
    world.memory.values.clear()
    world.forge.write(1, copied, User(95, "project_666_bot_0123456789abcdef"))
    world.forge.write(
        1, render_reply("Quiet.", ReplyMark(note=1, ignore="uncached-install")), User(96, "group_6_bot_x")
    )
    await reconcile(world.services, 7, 1)
    own = [note for note in world.forge.notes(1) if note.author.id == world.forge.me.id]
    assert len(own) == 1
    assert "uncached-install" in own[0].body


async def test_a_note_that_gitlab_gave_to_the_ghost_user_is_still_ours(world):
    world.forge.me = User(90, "project_7_bot_0123456789abcdef", bot=True)
    await reconcile(world.services, 7, 1)
    [thread] = world.forge.threads[7, 1]
    ghost = replace(thread.notes[0], author=User(97, "ghost"))
    world.forge.threads[7, 1] = [replace(thread, notes=(ghost,))]
    world.forge.me = User(91, "project_7_bot_fedcba9876543210", bot=True)
    world.forge.levels[91] = 40
    world.forge.push(7, "feature", {".gitlab-ci.yml": GOOD_CI})
    await reconcile(world.services, 7, 1)
    assert world.note().body.startswith("**Nothing left to fix.**")


async def test_a_note_that_a_person_edited_is_left_alone(world):
    await reconcile(world.services, 7, 1)
    note = world.note()
    world.forge.me = DEVELOPER
    world.forge.levels[DEVELOPER.id] = 40
    await world.forge.update_note(7, 1, note.id, note.body.replace("better", "worse"))
    world.forge.me = note.author
    world.forge.push(7, "feature", {".gitlab-ci.yml": GOOD_CI})
    await reconcile(world.services, 7, 1)
    assert "worse" in world.note().body
    await look(world.services, 7, 1)
    assert world.note().body.startswith("**Nothing left to fix.**")


async def test_a_note_that_a_person_deleted_is_not_written_again(world):
    await reconcile(world.services, 7, 1)
    world.forge.threads[7, 1].clear()
    await reconcile(world.services, 7, 1)
    assert world.note() is None
    await look(world.services, 7, 1)
    assert world.note() is not None


async def test_the_silence_label_silences(world):
    world.forge.change_request(1, labels=("scansion::silent",))
    await reconcile(world.services, 7, 1)
    assert world.forge.writes == []


async def test_a_head_that_moves_while_it_is_read_is_read_again(world):
    check = world.judge.check
    heads = []

    def moving(snapshot, policy):
        heads.append(1)
        if len(heads) == 1:
            world.forge.push(7, "feature", {".gitlab-ci.yml": GOOD_CI})
        return check(snapshot, policy)

    world.judge = type(world.judge)(
        check=moving, diagnose=world.judge.diagnose, wanted_files=lambda _: frozenset()
    )
    outcome = await reconcile(world.services, 7, 1)
    assert isinstance(outcome, Done)
    assert world.note() is None, "the new head is clean"


async def test_a_policy_that_cannot_be_understood_is_answered_where_it_is_edited():
    policy = 'disable = ["uncached-instal"]\nfix-ups = "sometimes"\n'
    world = World().with_project(**{".gitlab-ci.yml": GOOD_CI})
    world.with_request({".scansion.toml": policy})
    await reconcile(world.services, 7, 1)
    assert "`uncached-instal`" in world.note().body
    assert "`automatic`, `on-request` or `never`" in world.note().body


async def test_the_policy_in_force_is_that_of_the_target_branch():
    world = World().with_project()
    world.with_request({".scansion.toml": 'disable = ["uncached-install"]\n'})
    await reconcile(world.services, 7, 1)
    assert "uncached-install" in world.note().body


async def test_a_commit_status_is_set_once_where_it_is_wanted(world):
    world.choices = {"commit_status": True}
    for _ in range(2):
        await reconcile(world.services, 7, 1)
    assert [state for _, state in world.forge.statuses] == ["success"]


async def test_a_ci_file_in_another_project_is_not_looked_for_here(world):
    world.forge.stored[7] = type(world.forge.stored[7])(
        id=7,
        path="group/app",
        web_url="https://gitlab.example/group/app",
        default_branch="main",
        ci_config_path="ci.yml@group/ci",
    )
    await reconcile(world.services, 7, 1)
    assert world.note() is None


async def test_a_ci_file_elsewhere_in_the_repository_is_read_there(world):
    world.forge.stored[7] = replace(world.forge.stored[7], ci_config_path="ci/main.yml")
    world.forge.push(7, "feature", {"ci/main.yml": "[", ".gitlab-ci.yml": None})
    seen = []

    def check(snapshot, policy):
        seen.append((snapshot.ci_path, sorted(snapshot.files)))
        return Report()

    world.judge = replace(world.judge, check=check)
    await reconcile(world.services, 7, 1)
    assert seen == [("ci/main.yml", ["ci/main.yml"])]


async def test_a_renamed_ci_file_takes_its_findings_with_it(world):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {".gitlab-ci.yml": None, "old-ci.yml": "test: {script: [poetry install]}\n"})
    await reconcile(world.services, 7, 1)
    assert world.note().body.startswith("**Nothing left to fix.**")


async def test_a_file_that_is_no_text_does_not_stop_the_review(world):
    world.forge.push(7, "feature", {"poetry.lock": b"\xff\xfe\x00"})
    outcome = await reconcile(world.services, 7, 1)
    assert isinstance(outcome, Done)


async def test_a_merge_request_without_a_commit_of_its_own_is_left_alone_until_it_has_one():
    world = World().with_project(**{"poetry.lock": 'name = "psycopg2"\n'})
    world.forge.branches[7, "feature"] = world.forge.branches[7, "main"]
    world.forge.open_request("feature")
    await reconcile(world.services, 7, 1)
    assert world.forge.writes == []
    world.forge.push(7, "feature", {"src/app.py": "print()\n"})
    await reconcile(world.services, 7, 1)
    assert world.note() is not None


async def test_a_pipeline_that_gitlab_could_not_make_is_told_in_gitlabs_words():
    world = World().with_project().with_request({"src/app.py": "print()\n"})
    pipeline = world.forge.run_pipeline("feature", "failed")
    said = "jobs:test config contains unknown keys: scripts"
    world.forge.runs[pipeline] = replace(world.forge.runs[pipeline], yaml_errors=said)
    await reconcile(world.services, 7, 1)
    first = world.note().body.splitlines()[0]
    assert first == f"**`pipeline {pipeline}` failed:** GitLab makes no pipeline of the CI file: `{said}`."
    assert f"[`pipeline {pipeline}`](<{world.forge.runs[pipeline].web_url}>)" in world.note().body


async def test_a_groups_policy_holds_for_every_project():
    world = World(choices={"policy_project": "group/policy"}).with_project()
    world.forge.add_project({".scansion.toml": 'disable = ["uncached-install"]\n'}, 8, "group/policy")
    world.with_request({"src/app.py": "print()\n"})
    await reconcile(world.services, 7, 1)
    assert world.note() is None
