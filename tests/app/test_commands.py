"""Chat commands: who may, one answer each, with the effect."""

from dataclasses import replace

import pytest

from bot.app.command import all_commands
from bot.app.ports import Package
from bot.app.work import command, review
from bot.core.render.reply import read_reply
from tests.app.world import JUDGE, NEEDS_LIBPQ, PYPROJECT, World
from tests.fakes import BOT, DEVELOPER, REPORTER, KilledError, User

LOCK = 'name = "psycopg2"\n'
PUBLISHING = """\
test:
  script:
    - poetry install
publish:
  script:
    - poetry config repositories.gitlab $CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi
    - poetry publish --build -r gitlab -u gitlab-ci-token -p $CI_JOB_TOKEN
"""


@pytest.fixture
def world():
    return World().with_project(**{"pyproject.toml": PYPROJECT}).with_request({"src/app.py": "print()\n"})


async def say(world, text, author=DEVELOPER, *, again=0):
    note = world.forge.write(1, text, author)
    payload = {
        "project_id": 7,
        "iid": 1,
        "note_id": note.id,
        "author_id": author.id,
        "discussion_id": note.discussion_id,
    }
    for _ in range(1 + again):
        await command.run(payload, world.services)
    return answers(world, note.id)


def answers(world, note_id):
    found = []
    for note in world.forge.notes(1):
        mark = read_reply(note.body) if note.author.id == BOT.id else None
        if mark is not None and mark.note == note_id:
            found.append(note.body.rsplit("\n\n<!--", 1)[0])
    return found


async def test_help_lists_every_command(world):
    [answer] = await say(world, "/scansion help")
    assert all(f"`/scansion {name}" in answer for name in all_commands())


def test_every_command_has_a_page():
    for entry in all_commands().values():
        assert entry.page.sections["In use"]


async def test_a_command_is_acknowledged_by_an_emoji_at_once(world):
    await say(world, "/scansion help")
    assert [name for _, name in world.forge.awards] == ["eyes"]


async def test_an_unknown_command_gets_the_short_help(world):
    [answer] = await say(world, "/scansion dance")
    assert answer.startswith("I do not know `dance`.")


async def test_a_command_below_developer_is_refused_with_the_reason(world):
    [answer] = await say(world, "/scansion fix", REPORTER)
    assert answer == "Commands need the Developer role in this project."
    assert world.fixups() == []


async def test_other_bots_and_the_bot_itself_are_not_answered(world):
    assert await say(world, "/scansion help", BOT) == []
    assert await say(world, "/scansion help", User(50, "project_9_bot_abc")) == []
    assert await say(world, "/scansion help", User(51, "helper", bot=True)) == []


async def test_one_answer_however_often_the_comment_is_delivered(world):
    assert len(await say(world, "/scansion status", again=4)) == 1


async def test_the_number_of_commands_of_a_user_is_limited(world):
    world.choices = {"commands_per_hour": 2}
    said = [await say(world, "/scansion help") for _ in range(5)]
    assert [len(item) for item in said] == [1, 1, 1, 0, 0]
    assert "more than 2 commands" in said[2][0]


async def test_fix_opens_a_merge_request_and_says_so(world):
    [answer] = await say(world, "/scansion fix")
    [fixup] = world.fixups()
    assert f"[!{fixup.iid}]" in answer
    assert "a draft until its own pipeline is green" in answer


async def test_the_answer_to_fix_tells_when_the_pipeline_ended(world):
    await say(world, "/scansion fix")
    [fixup] = world.fixups()
    world.forge.run_pipeline(fixup.source_branch, "success")
    await review.run({"project_id": 7, "iid": 1}, world.services)
    [answer] = [note.body for note in world.forge.notes(1) if "scansion:reply" in note.body]
    assert "its own pipeline is green" in answer
    writes = list(world.forge.writes)
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert world.forge.writes == writes


async def test_fix_with_an_unknown_rule_is_refused(world):
    [answer] = await say(world, "/scansion fix missing-system-packages")
    assert answer == "There is no rule `missing-system-packages`. Did you mean `missing-system-package`?"


async def test_fix_asked_again_after_a_closed_fixup_opens_a_new_one(world):
    await say(world, "/scansion fix")
    world.forge.change_request(2, state="closed")
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert len(world.fixups()) == 1
    await say(world, "/scansion fix")
    assert [item.state for item in world.fixups()] == ["closed", "opened"]


async def test_fix_over_the_limit_is_done_when_there_is_room_again(world):
    world.choices = {"open_fixups_per_project": 0}
    [answer] = await say(world, "/scansion fix")
    assert "the fix waits until one is done" in answer
    world.choices = {}
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert len(world.fixups()) == 1


async def test_fix_says_where_nothing_is_certain():
    world = World().with_project(**{".gitlab-ci.yml": "a: {script: [cache:]}\n"}).with_request({"a.py": ""})
    [answer] = await say(world, "/scansion fix")
    assert answer == "There is nothing here that I can fix for certain."


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
@pytest.mark.parametrize("write", range(1, 6))
async def test_a_worker_killed_in_a_command_leaves_one_answer_and_one_fixup(world, moment, write):
    note = world.forge.write(1, "/scansion fix")
    payload = {"project_id": 7, "iid": 1, "note_id": note.id, "author_id": 2, "discussion_id": ""}
    setattr(world.forge, moment, write)
    try:
        await command.run(payload, world.services)
    except KilledError:
        setattr(world.forge, moment, 0)
    for _ in range(2):
        await command.run(payload, world.services)
    assert len(answers(world, note.id)) == 1
    assert len(world.fixups()) == 1


async def test_ignore_silences_a_rule_here_and_deleting_the_answer_takes_it_back():
    world = World().with_project().with_request({"poetry.lock": LOCK})
    world.choices = {}
    await review.run({"project_id": 7, "iid": 1}, world.services)
    [answer] = await say(world, "/scansion ignore missing-system-package @all knows why")
    assert "Reason: `@all` knows why" in answer
    assert "missing-system-package`" not in world.note().body.split("<details>")[0]
    world.forge.threads[7, 1] = [
        thread for thread in world.forge.threads[7, 1] if "scansion ignore" not in thread.notes[0].body
    ]
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert "missing-system-package" in world.note().body.split("<details>")[0]


async def test_diagnose_answers_with_the_reason_and_the_line(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [answer] = await say(world, "/scansion diagnose test")
    assert answer.startswith("- `test`, [line 3](<https://gitlab.example/group/app/-/jobs/")
    assert "needs `libpq-dev`" in answer


async def test_diagnose_names_a_job_that_did_not_fail(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [answer] = await say(world, "/scansion diagnose lint")
    assert answer == "The newest pipeline has no failed job `lint`."


async def test_explain_answers_with_a_page(world):
    [answer] = await say(world, "/scansion explain bump")
    assert answer.startswith("**`bump`**: Change the project's version")


async def test_retry_refuses_what_would_fail_again(world):
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [answer] = await say(world, "/scansion retry")
    assert "would most likely fail again" in answer
    assert "retry_job" not in world.forge.writes


async def test_retry_with_force_starts_the_job_and_tells_the_end(world):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    [answer] = await say(world, "/scansion retry test --force")
    assert answer == "Started again: `test`."
    run = world.forge.runs[pipeline]
    world.forge.runs[pipeline] = type(run)(**{**{f: getattr(run, f) for f in run.__slots__}, "status": "success"})
    await review.run({"project_id": 7, "iid": 1}, world.services)
    assert any("The pipeline ended: success." in note.body for note in world.forge.notes(1))


@pytest.mark.parametrize("why", ["infrastructure", "flaky"])
async def test_retry_starts_what_is_no_fault_of_the_change(world, why):
    pipeline = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    if why == "flaky":
        [failed] = world.forge.jobs_of[pipeline]
        world.forge.jobs_of[pipeline].insert(0, replace(failed, id=failed.id - 1, status="success"))
    else:
        world.judge = replace(JUDGE, diagnose=no_runner)
    [answer] = await say(world, "/scansion retry")
    assert answer == "Started again: `test`."
    assert world.forge.writes.count("retry_job") == 1


def no_runner(chunks, snapshot, job, usual):
    report = JUDGE.diagnose(chunks, snapshot, job, usual)
    return replace(report, diagnoses=tuple(replace(item, infrastructure=True) for item in report.diagnoses))


async def test_bump_takes_a_free_version_and_says_why():
    files = {"pyproject.toml": PYPROJECT, ".gitlab-ci.yml": PUBLISHING}
    world = World().with_project(**files).with_request({"a.py": ""})
    world.forge.registry[7, False] = [Package(name="app", version=version) for version in ("0.1.0", "0.1.1")]
    [answer] = await say(world, "/scansion bump")
    assert answer.startswith(
        "`0.1.2` follows `0.1.0` and is free: the registry has `0.1.1`, `0.1.0` as its newest."
    )
    fixup = world.fixups()[0]
    stored = world.forge.history[world.forge.branches[7, fixup.source_branch]]
    assert b'version = "0.1.2"' in stored.files["pyproject.toml"]
    assert fixup.title == "Draft: Take version 0.1.2"


async def test_bump_refuses_what_is_no_version(world):
    [answer] = await say(world, "/scansion bump @all")
    assert answer == "`@all` is no version: say `patch`, `minor`, `major` or a version like `1.2.0`."


async def test_status_sums_up(world):
    [answer] = await say(world, "/scansion status")
    assert "- Pipeline of the head: `none`" in answer
    assert "- Fix-up: none" in answer


async def test_a_command_in_a_closed_merge_request_is_not_answered(world):
    world.forge.change_request(1, state="merged")
    assert await say(world, "/scansion help") == []


async def test_a_command_on_a_fixup_names_the_merge_request_that_it_belongs_to(world):
    await say(world, "/scansion fix")
    note = world.forge.write(2, "/scansion fix")
    payload = {"project_id": 7, "iid": 2, "note_id": note.id, "author_id": 2, "discussion_id": ""}
    await command.run(payload, world.services)
    assert "Say it on !1." in world.forge.notes(2)[-1].body
    assert len(world.fixups()) == 1
