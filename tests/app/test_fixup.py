"""The fix-up merge request: opened once, proved, amended, closed."""

from dataclasses import replace

import pytest

from bot.app.branch import reconcile_branch
from bot.app.ports import Done, ForbiddenError
from bot.app.reconcile import reconcile
from bot.app.work import command, watch
from tests.app.world import CI, NEEDS_LIBPQ, World
from tests.fakes import KilledError

LOCK = 'name = "psycopg2"\n'


@pytest.fixture
def world():
    return World().with_project().with_request({"poetry.lock": LOCK})


@pytest.fixture
def proving():
    """A project that wants its fixes proved rather than suggested."""
    world = World().with_project(**{".scansion.toml": "threads = false\n"})
    return world.with_request({"poetry.lock": LOCK})


def only(world):
    [fixup] = world.fixups()
    return fixup


def branch_file(world, fixup, path=".gitlab-ci.yml"):
    return world.forge.history[world.forge.branches[7, fixup.source_branch]].files[path].decode()


async def test_an_error_outside_the_diff_gets_a_draft_with_a_minimal_change(world):
    await reconcile(world.services, 7, 1)
    fixup = only(world)
    assert fixup.source_branch.startswith("scansion/missing-system-package-")
    assert fixup.target_branch == "feature"
    assert fixup.draft
    assert branch_file(world, fixup) == CI.replace(
        "    - poetry install", "    - apt-get install -y libpq-dev\n    - poetry install"
    )
    assert "!2" in world.note().body
    assert "Fixed in !2." in world.note().body


async def test_a_fixup_is_found_again_instead_of_opened_twice(world):
    for _ in range(3):
        await reconcile(world.services, 7, 1)
    only(world)
    assert world.forge.writes.count("commit") == 1


@pytest.mark.parametrize("moment", ["die_before", "die_after"])
@pytest.mark.parametrize("write", [1, 2, 3, 4])
async def test_a_worker_killed_at_any_write_leaves_one_note_and_one_fixup(world, moment, write):
    setattr(world.forge, moment, write)
    try:
        await reconcile(world.services, 7, 1)
    except KilledError:
        setattr(world.forge, moment, 0)
    world.memory.values.clear()
    await reconcile(world.services, 7, 1)
    await reconcile(world.services, 7, 1)
    only(world)
    assert world.note() is not None
    assert world.forge.writes.count("create_note") <= 2
    assert len([note for note in world.forge.notes(1) if "scansion:note" in note.body]) == 1


async def test_a_green_pipeline_makes_it_ready_with_the_proof(world):
    failed = world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ}, duration_s=95)
    await reconcile(world.services, 7, 1)
    green = world.forge.run_pipeline(only(world).source_branch, "success", duration_s=130)
    await reconcile(world.services, 7, 1)
    fixup = only(world)
    assert not fixup.draft
    assert f"[pipeline {green}]" in fixup.description
    assert "passed after 2 min 10 s" in fixup.description
    assert f"[pipeline {failed}]" in fixup.description
    assert "its own pipeline is green" in world.note().body


async def test_the_next_missing_thing_is_amended_and_proved_in_the_second_round(world):
    await reconcile(world.services, 7, 1)
    branch = only(world).source_branch
    world.forge.run_pipeline(branch, "failed", {"test": NEEDS_LIBPQ.replace("libpq-dev", "gcc")})
    await reconcile(world.services, 7, 1)
    text = branch_file(world, only(world))
    assert "libpq-dev" in text
    assert "apt-get install -y gcc" in text
    assert "attempt 2 of 3" in world.note().body
    world.forge.run_pipeline(branch, "success")
    await reconcile(world.services, 7, 1)
    fixup = only(world)
    assert not fixup.draft
    assert "Round 1" in fixup.description


async def test_after_three_rounds_it_says_plainly_what_was_tried(world):
    await reconcile(world.services, 7, 1)
    branch = only(world).source_branch
    for package in ("gcc", "make", "cmake"):
        world.forge.run_pipeline(branch, "failed", {"test": NEEDS_LIBPQ.replace("libpq-dev", package)})
        await reconcile(world.services, 7, 1)
    fixup = only(world)
    assert fixup.draft
    assert "Its pipeline failed 3 times" in fixup.description
    assert fixup.description.count("- Round ") == 3
    assert "was tried and its pipeline still fails" in world.note().body
    writes = list(world.forge.writes)
    await reconcile(world.services, 7, 1)
    assert world.forge.writes == writes


async def test_a_failure_that_nobody_knows_ends_the_proof_with_the_reason(world):
    await reconcile(world.services, 7, 1)
    log = "$ pytest\nFAILED test_x\nERROR: Job failed: exit code 1\n"
    world.forge.run_pipeline(only(world).source_branch, "failed", {"test": log})
    await reconcile(world.services, 7, 1)
    assert "a reason that I cannot fix" in only(world).description
    assert "no longer fails" in only(world).description


async def test_commits_of_a_person_are_left_alone(proving):
    world = proving
    await reconcile(world.services, 7, 1)
    branch = only(world).source_branch
    head = world.forge.push(7, branch, {"README.md": "By a person\n"})
    world.forge.push(7, "feature", {".gitlab-ci.yml": CI.replace("pytest", "pytest -q")})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert world.forge.branches[7, branch] == head
    assert "was changed by a person" in world.note().body
    assert "Fix: `/scansion fix`" not in world.note().body.split("uncached-install")[0]


@pytest.mark.parametrize("amended", [False, True])
async def test_a_branch_with_a_persons_commits_is_not_pushed_over_when_the_fix_is_asked_for_again(world, amended):
    await reconcile(world.services, 7, 1)
    branch = only(world).source_branch
    head = world.forge.push(7, branch, {"README.md": "By a person\n"})
    if amended:
        ours = world.forge.history[world.forge.history[head].parent]
        commit = world.forge.history[head]
        world.forge.history[head] = replace(commit, message=ours.message, author=ours.author)
    world.forge.change_request(2, state="closed")
    world.forge.write(1, "/scansion fix missing-system-package")
    asked = {"project_id": 7, "iid": 1, "note_id": world.forge.notes(1)[-1].id}
    await command.run(asked, world.services)
    _, second = world.fixups()
    assert second.source_branch == f"{branch}-2"
    assert world.forge.branches[7, branch] == head


async def test_a_closed_fixup_means_no(world):
    await reconcile(world.services, 7, 1)
    world.forge.change_request(2, state="closed")
    world.forge.push(7, "feature", {"README.md": "More\n"})
    await reconcile(world.services, 7, 1)
    assert len(world.fixups()) == 1
    assert "was closed, so this is not proposed again" in world.note().body


async def test_an_obsolete_fixup_is_closed_with_the_reason_and_its_branch_deleted(world):
    await reconcile(world.services, 7, 1)
    branch = only(world).source_branch
    world.forge.push(7, "feature", {".gitlab-ci.yml": CI.replace("poetry install", "true # libpq-dev")})
    await reconcile(world.services, 7, 1)
    fixup = only(world)
    assert fixup.state == "closed"
    assert fixup.description.startswith("**Closed:** What it fixes is gone from the branch.")
    assert (7, branch) not in world.forge.branches


@pytest.mark.parametrize("failed", [False, True])
async def test_a_suggestion_in_the_diff_takes_the_place_of_a_fixup(world, failed):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {".gitlab-ci.yml": CI.replace("pytest", "pytest -q")})
    if failed:
        world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert only(world).description.startswith(
        "**Closed:** A suggestion in the merge request's diff does the same."
    )
    assert "Fix: [a suggestion in the diff]" in world.note().body


async def test_it_stays_while_its_merge_request_is_a_draft(world):
    await reconcile(world.services, 7, 1)
    world.forge.change_request(1, draft=True)
    await reconcile(world.services, 7, 1)
    world.forge.run_pipeline(only(world).source_branch, "success")
    await reconcile(world.services, 7, 1)
    assert not only(world).draft


async def test_the_branch_of_a_merged_fixup_is_deleted(world):
    await reconcile(world.services, 7, 1)
    world.forge.change_request(2, state="merged")
    for _ in range(2):
        await reconcile(world.services, 7, 2)
    assert (7, only(world).source_branch) not in world.forge.branches


async def test_it_is_not_closed_while_the_pipeline_of_its_target_still_runs(world):
    world.forge.push(7, "feature", {"poetry.lock": ""})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {"README.md": "More\n"})
    world.forge.run_pipeline("feature", "running")
    await reconcile(world.services, 7, 1)
    assert only(world).state == "opened"
    world.forge.run_pipeline("feature", "success")
    await reconcile(world.services, 7, 1)
    assert only(world).state == "closed"


async def test_merging_the_merge_request_closes_its_fixup(world):
    await reconcile(world.services, 7, 1)
    world.forge.change_request(1, state="merged")
    await reconcile(world.services, 7, 1)
    assert only(world).state == "closed"


async def test_it_is_rebuilt_when_the_file_under_it_changed(proving):
    world = proving
    await reconcile(world.services, 7, 1)
    changed = CI.replace("poetry run pytest", "poetry run pytest -q")
    world.forge.push(7, "feature", {".gitlab-ci.yml": changed})
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    text = branch_file(world, only(world))
    assert "pytest -q" in text
    assert "libpq-dev" in text


async def test_it_is_not_rebuilt_for_a_push_elsewhere(world):
    await reconcile(world.services, 7, 1)
    world.forge.push(7, "feature", {"README.md": "More\n"})
    await reconcile(world.services, 7, 1)
    assert world.forge.writes.count("commit") == 1


async def test_rebuilding_waits_where_it_was_just_rebuilt(proving):
    world = proving
    await reconcile(world.services, 7, 1)
    for flag in ("-q", "-x"):
        world.forge.push(7, "feature", {".gitlab-ci.yml": CI.replace("run pytest", f"run pytest {flag}")})
        world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
        await reconcile(world.services, 7, 1)
    assert world.forge.writes.count("commit") == 2
    assert [(item.kind, delay) for item, delay in world.queue.items] == [("review", 120.0)]


async def test_a_fork_gets_the_patch_in_the_note(world):
    world.forge.change_request(1, source_project_id=8)
    await reconcile(world.services, 7, 1)
    assert world.fixups() == []
    body = world.note().body
    assert "The source branch is in a fork" in body
    assert "+    - apt-get install -y libpq-dev" in body


async def test_a_patch_too_long_for_a_note_is_said_so(world):
    long = CI.replace("  script:\n", "  script:\n" + f"    - echo {'x' * 990}\n")
    world.forge.push(7, "feature", {".gitlab-ci.yml": long})
    world.forge.change_request(1, source_project_id=8, changed_files=5000)
    await reconcile(world.services, 7, 1)
    assert "where I may not write. `scansion fix` in a checkout makes the fix" in world.note().body
    assert "as a patch" not in world.note().body


async def test_a_fork_that_is_gone_gets_the_patch_too(world):
    world.forge.change_request(1, source_project_id=None)
    world.forge.run_pipeline("feature", "failed", {"test": NEEDS_LIBPQ})
    await reconcile(world.services, 7, 1)
    assert "+    - apt-get install -y libpq-dev" in world.note().body


async def test_the_silence_label_on_a_fixup_holds_there_too(world):
    await reconcile(world.services, 7, 1)
    world.forge.change_request(2, labels=("scansion::silent",))
    world.forge.run_pipeline(only(world).source_branch, "success")
    for state in ("opened", "merged"):
        world.forge.change_request(1, state=state)
        await reconcile(world.services, 7, 1)
    assert only(world).draft
    assert only(world).state == "opened"
    assert "!2" in world.note().body
    assert "carries the label that silences me; I leave it alone." in world.note().body


@pytest.mark.parametrize(
    ("reason", "lack"),
    [
        (
            "GitLab answered 403 to POST: 403 Forbidden",
            "I need the role Developer here, and a token with the scope `api`",
        ),
        ("GitLab answered 403 to POST: insufficient_scope", "my token lacks the scope `api`"),
    ],
)
async def test_a_missing_right_is_named_with_who_can_give_it(world, reason, lack):
    async def refuse(*_args, **_kwargs):
        raise ForbiddenError(reason)

    world.forge.commit = refuse
    await reconcile(world.services, 7, 1)
    body = world.note().body
    assert "I may not write the fix to a branch" in body
    assert lack in body
    assert "a Maintainer of this project can change that" in body or "whoever runs this bot" in body
    assert "+    - apt-get install -y libpq-dev" in body


async def test_a_protected_branch_is_said_so(world):
    world.forge.protected.add("scansion/")
    await reconcile(world.services, 7, 1)
    assert "branches named `scansion/…` are protected" in world.note().body
    assert "+    - apt-get install -y libpq-dev" in world.note().body


async def test_what_gitlabs_lint_refuses_is_not_proposed(world):
    world.forge.lint_errors = ("jobs:test config contains unknown keys: @all",)
    await reconcile(world.services, 7, 1)
    assert world.fixups() == []
    assert "GitLab's CI lint refuses the fix" in world.note().body


async def test_the_limit_of_open_fixups_is_kept(world):
    world.choices = {"open_fixups_per_project": 0}
    await reconcile(world.services, 7, 1)
    assert world.fixups() == []
    assert "0 fix-up merge requests are open" in world.note().body


async def test_the_limit_of_pushes_in_an_hour_is_kept(world):
    world.choices = {"fixup_pushes_per_hour": 0}
    await reconcile(world.services, 7, 1)
    assert world.fixups() == []
    assert "limit of fix-up pushes" in world.note().body


async def test_policy_can_keep_fixups_for_those_who_ask():
    world = World().with_project(**{".scansion.toml": 'fix-ups = "on-request"\n'})
    world.with_request({"poetry.lock": LOCK})
    await reconcile(world.services, 7, 1)
    assert world.fixups() == []
    assert "Fix: `/scansion fix`." in world.note().body


async def test_a_title_and_a_description_that_a_person_edited_are_kept(world):
    await reconcile(world.services, 7, 1)
    fixup = only(world)
    world.forge.change_request(
        2, title="Draft: Our own title", description="Ours.\n\n" + fixup.description.split("\n\n")[-1]
    )
    world.forge.run_pipeline(fixup.source_branch, "success")
    await reconcile(world.services, 7, 1)
    assert only(world).title == "Our own title"
    assert only(world).description.startswith("Ours.")


async def test_a_fixup_is_never_reviewed_itself(world):
    await reconcile(world.services, 7, 1)
    outcome = await reconcile(world.services, 7, 2)
    assert isinstance(outcome, Done)
    assert world.forge.notes(2) == []
    assert world.queue.items[-1][0].payload == {"project_id": 7, "iid": 1}


async def test_the_end_of_its_pipeline_leads_back_to_the_merge_request(world):
    await reconcile(world.services, 7, 1)
    payload = {"project_id": 7, "pipeline_id": 1, "ref": only(world).source_branch, "sha": "", "iid": None}
    await watch.run(payload, world.services)
    assert world.queue.items[-1][0].lane == "mr:7:1"


async def test_the_default_branchs_own_failure_gets_a_fixup_against_it():
    world = World().with_project()
    world.forge.run_pipeline("main", "failed", {"test": NEEDS_LIBPQ})
    await reconcile_branch(world.services, 7, "main")
    assert only(world).target_branch == "main"
    world.forge.push(7, "main", {".gitlab-ci.yml": CI.replace("poetry install", "true # libpq-dev")})
    world.forge.run_pipeline("main", "success")
    await reconcile_branch(world.services, 7, "main")
    assert only(world).state == "closed"


async def test_a_failed_branch_is_commented_on_its_commit_only_where_policy_says_so():
    world = World().with_project(**{".scansion.toml": "commit-comments = true\n"})
    world.forge.push(7, "other", {}, start=world.forge.branches[7, "main"])
    world.forge.run_pipeline("other", "failed", {"test": NEEDS_LIBPQ})
    for _ in range(2):
        await reconcile_branch(world.services, 7, "other")
    assert [len(notes) for notes in world.forge.comments.values()] == [1]
    silent = World().with_project()
    silent.forge.run_pipeline("main", "failed", {"test": "x\nERROR: Job failed\n"})
    await reconcile_branch(silent.services, 7, "main")
    assert silent.forge.comments == {}
