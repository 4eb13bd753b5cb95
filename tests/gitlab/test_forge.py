"""Every method of the Forge port against the simulated GitLab."""

from __future__ import annotations

import pytest

from bot.app.ports import (
    ConflictError,
    FileChange,
    FileSet,
    ForbiddenError,
    InvalidPositionError,
    NotFoundError,
    PermanentForgeError,
    Position,
)
from bot.shell.gitlab import GitLabForge
from bot.shell.sandbox import graphql
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, JobRun
from tests.worlds import CI, PYPROJECT


def requests_of(world):
    return [(request.method, request.path.removeprefix("/api/v4")) for request in world.gitlab.server.requests]


async def test_current_user_is_the_tokens(forge, world):
    user = await forge.current_user()
    assert (user.id, user.username, user.bot) == (world.bot.id, world.bot.username, True)


async def test_project_is_found_by_number_and_by_path(forge, world):
    world.project.ci_config_path = "ci/main.yml"
    by_number = await forge.project(world.project.id)
    assert by_number == await forge.project("grp/verse")
    assert (by_number.default_branch, by_number.ci_config_path) == ("main", "ci/main.yml")


async def test_projects_are_those_where_the_bot_may_write(forge, world):
    world.gitlab.create_project("grp/read-only", members={world.bot: 20})
    assert [project.path for project in await forge.projects()] == ["grp/verse"]


async def test_merge_request_carries_its_head_pipeline_in_one_request(forge, world, merge_request):
    shown = await forge.merge_request(world.project.id, merge_request.iid)
    assert (shown.sha, shown.author.username, shown.head_pipeline_status) == (merge_request.sha, "dev1", "failed")
    assert shown.diff_refs is not None
    assert shown.diff_refs.head_sha == merge_request.sha
    assert len(requests_of(world)) == 1


async def test_merge_request_in_preparation_has_no_diff_refs(forge, world, merge_request):
    merge_request.preparing = True
    assert (await forge.merge_request(world.project.id, merge_request.iid)).diff_refs is None


async def test_merge_requests_are_filtered(forge, world, merge_request):
    ours = {"source_branch": "feature", "target_branch": "main", "author_id": world.dev.id}
    assert [found.iid for found in await forge.merge_requests(world.project.id, **ours)] == [merge_request.iid]
    assert await forge.merge_requests(world.project.id, source_branch="other") == []


async def test_lists_are_read_to_their_last_page(forge, world, merge_request):
    for number in range(130):
        world.gitlab.comment(merge_request, world.dev, f"note {number}")
    threads = await forge.discussions(world.project.id, merge_request.iid)
    assert [thread.notes[0].body for thread in threads] == [f"note {number}" for number in range(130)]
    assert len(requests_of(world)) == 2


async def test_diff_tells_added_and_unchanged_lines(forge, world, merge_request):
    [diff] = await forge.merge_request_diffs(world.project.id, merge_request.iid)
    assert (diff.new_path, diff.added, dict(diff.old_line_of)) == ("pyproject.toml", {3}, {1: 1, 2: 2})


async def test_lines_of_a_long_diff_are_counted_in_every_hunk(forge, world, merge_request):
    lines = [f"line {n}" for n in range(1, 41)]
    changed = [lines[0], "new", *lines[1:20], *lines[22:39], "last"]
    world.gitlab.push(world.project, "feature", {"poem.txt": "\n".join(changed)}, "Edit", world.dev)
    diff = (await forge.merge_request_diffs(world.project.id, merge_request.iid))[0]
    assert diff.added == {2, 39}
    assert all(changed[new - 1] == lines[old - 1] for new, old in diff.old_line_of.items())


async def test_files_of_several_projects_come_in_one_request(forge, world):
    policy = world.gitlab.create_project("grp/policy", members={world.bot: DEVELOPER})
    world.gitlab.push(policy, "main", {".scansion.toml": "x = 1\n"}, "Policy", world.dev)
    wanted = [
        FileSet("grp/verse", "feature", frozenset({".gitlab-ci.yml", "pyproject.toml", "missing"})),
        FileSet("grp/policy", "main", frozenset({".scansion.toml"})),
        FileSet("grp/none", "main", frozenset({"x"})),
    ]
    found = await forge.file_sets(wanted)
    assert found[0] == {".gitlab-ci.yml": CI.encode(), "pyproject.toml": PYPROJECT.replace("0.1", "0.2").encode()}
    assert found[1:] == [{".scansion.toml": b"x = 1\n"}, {}]
    assert requests_of(world) == [("POST", "/api/graphql")]


async def test_files_are_byte_for_byte_in_any_encoding(forge, world):
    contents = {
        "bom.txt": b"\xef\xbb\xbftext",
        "crlf.txt": b"a\r\nb\r\n",
        "latin.txt": "vers\u00e9".encode("latin-1"),
        "picture.bin": b"\0\1\2",
        "empty.txt": b"",
    }
    world.gitlab.push(world.project, "feature", contents, "Bytes", world.dev)
    assert await forge.files("grp/verse", "feature", contents) == contents


async def test_more_files_than_one_query_may_name_all_arrive(forge, world):
    contents = {f"many/{number}.txt": f"{number}\n" for number in range(400)}
    world.gitlab.push(world.project, "feature", contents, "Many", world.dev)
    found = await forge.files("grp/verse", "feature", contents)
    assert found == {path: text.encode() for path, text in contents.items()}
    assert len(requests_of(world)) == 4


async def test_files_too_large_for_graphql_come_one_by_one(forge, world):
    contents = {"one.txt": b"x" * 12_000_000, "two.txt": b"y" * 12_000_000}
    world.gitlab.push(world.project, "feature", contents, "Large", world.dev)
    assert await forge.files("grp/verse", "feature", contents) == contents


async def test_list_of_many_pages_is_read_to_its_end(forge, world):
    runs = [JobRun(f"test {number}") for number in range(350)]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    shown = await forge.jobs(world.project.id, pipeline.id, failed=False, retried=True)
    assert {job.name for job in shown} == {run.name for run in runs}


async def test_query_that_is_too_complex_is_asked_in_pieces(forge, world, monkeypatch):
    monkeypatch.setattr(graphql, "MAX_COMPLEXITY", 40)
    contents = {f"many/{number}.txt": f"{number}\n" for number in range(60)}
    world.gitlab.push(world.project, "feature", contents, "Many", world.dev)
    found = await forge.files("grp/verse", "feature", contents)
    assert found == {path: text.encode() for path, text in contents.items()}
    assert {method for method, _path in requests_of(world)} == {"POST"}


async def test_note_is_written_and_edited(forge, world, merge_request):
    note = await forge.create_note(world.project.id, merge_request.iid, "first")
    await forge.update_note(world.project.id, merge_request.iid, note.id, "second")
    [stored] = world.gitlab.notes_of(merge_request, world.bot)
    assert (stored.id, stored.body) == (note.id, "second")


async def test_note_that_gitlab_took_for_commands_is_an_error_for_good(forge, world, merge_request):
    with pytest.raises(PermanentForgeError, match="quick actions"):
        await forge.create_note(world.project.id, merge_request.iid, "/label ~x")


async def test_thread_stands_on_a_line_is_answered_and_resolved(forge, world, merge_request):
    project_id, iid = world.project.id, merge_request.iid
    refs = (await forge.merge_request(project_id, iid)).diff_refs
    place = Position(refs=refs, old_path="pyproject.toml", new_path="pyproject.toml", new_line=3)
    thread = await forge.create_discussion(project_id, iid, "here", place)
    reply = await forge.reply(project_id, iid, thread.id, "more")
    await forge.resolve(project_id, iid, thread.id, resolved=True)
    stored = next(item for item in await forge.discussions(project_id, iid) if item.id == thread.id)
    assert reply.discussion_id == thread.id
    assert [note.body for note in stored.notes] == ["here", "more"]
    assert (stored.notes[0].path, stored.notes[0].new_line, stored.notes[0].resolved) == (
        "pyproject.toml",
        3,
        True,
    )


async def test_position_outside_of_the_diff_is_named_as_such(forge, world, merge_request):
    refs = (await forge.merge_request(world.project.id, merge_request.iid)).diff_refs
    place = Position(refs=refs, old_path="poem.txt", new_path="poem.txt", new_line=3)
    with pytest.raises(InvalidPositionError):
        await forge.create_discussion(world.project.id, merge_request.iid, "here", place)


async def test_same_emoji_twice_is_no_error(forge, world, merge_request):
    note = world.gitlab.comment(merge_request, world.dev, "/scansion help")
    for _ in range(2):
        await forge.award(world.project.id, merge_request.iid, note.id, "eyes")
    assert [(name, user.username) for _id, name, user in note.awards] == [("eyes", world.bot.username)]


async def test_role_is_read_and_a_stranger_has_none(forge, world):
    stranger = world.gitlab.create_user("stranger")
    blocked = world.gitlab.create_user("blocked")
    world.gitlab.add_member(world.project, blocked, MAINTAINER)
    blocked.state = "blocked"
    people = (world.dev, stranger, blocked)
    assert [await forge.access_level(world.project.id, user.id) for user in people] == [MAINTAINER, 0, 0]


async def test_pipelines_jobs_and_retry(forge, world, merge_request):
    outcomes = [JobRun("lint"), JobRun("test", status="failed", failure_reason="script_failure")]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, outcomes)
    project_id = world.project.id
    assert (await forge.pipeline(project_id, pipeline.id)).status == "failed"
    newest = (await forge.pipelines(project_id, sha=merge_request.sha))[0]
    assert newest.id == pipeline.id
    [failed] = await forge.jobs(project_id, pipeline.id, failed=True, retried=False)
    again = await forge.retry_job(project_id, failed.id)
    jobs = await forge.jobs(project_id, pipeline.id, failed=False, retried=True)
    assert (failed.failure_reason, again.name) == ("script_failure", "test")
    assert {job.id for job in jobs} == {job.id for job in pipeline.jobs}


async def test_trace_comes_in_pieces_and_undecoded(forge, world):
    log = b"\xff\x1b[0K" + b"line\r\n" * 100_000
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("test", trace=log)])
    pieces = [piece async for piece in forge.trace(world.project.id, pipeline.jobs[0].id)]
    assert b"".join(pieces) == log
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= 65536


async def test_missing_trace_is_not_found_and_an_empty_one_is_empty(forge, world):
    runs = [JobRun("gone", trace=None), JobRun("empty", trace=b"")]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    with pytest.raises(NotFoundError):
        await anext(forge.trace(world.project.id, pipeline.jobs[0].id))
    assert [piece async for piece in forge.trace(world.project.id, pipeline.jobs[1].id)] == []


async def test_packages_are_those_of_the_very_name(forge, world):
    for name, version in (("verse", "0.1.0"), ("Verse", "0.2.0"), ("verse-extra", "9.0")):
        world.gitlab.publish(world.project, name, version)
    found = await forge.packages(world.project.id, group=False, name="verse")
    assert sorted(package.version for package in found) == ["0.1.0", "0.2.0"]
    assert found[0].web_url.startswith(world.gitlab.url)
    [first, _second] = await forge.packages("grp", group=True, name="verse")
    assert first.project_path == "grp/verse"


async def test_lint_says_what_is_wrong(forge, world):
    good = await forge.lint(world.project.id, CI, "feature")
    bad = await forge.lint(world.project.id, ".hidden:\n  script: [a]\n", "feature")
    assert (good.valid, good.errors) == (True, ())
    assert bad.errors == ("jobs config should contain at least one visible job",)


async def test_lint_reads_local_includes_at_the_ref(forge, world):
    world.gitlab.push(world.project, "feature", {"ci/test.yml": CI}, "Split", world.dev)
    content = "include: /ci/test.yml\n"
    assert (await forge.lint(world.project.id, content, "feature")).valid
    assert not (await forge.lint(world.project.id, content, "main")).valid


async def test_branch_tells_head_and_right_to_push(forge, world):
    head, may_push = await forge.branch(world.project.id, "feature")
    assert (head.sha, may_push) == (world.project.repository.branches["feature"], True)
    assert (await forge.branch(world.project.id, "main"))[1] is False


async def test_branch_with_a_slash_is_deleted_and_deleting_again_is_fine(forge, world):
    world.gitlab.push(world.project, "scansion/fix-1", {"x": "y"}, "Fix", world.dev)
    for _ in range(2):
        await forge.delete_branch(world.project.id, "scansion/fix-1")
    assert "scansion/fix-1" not in world.project.repository.branches


async def test_commits_are_newest_first(forge, world):
    [newest] = await forge.commits(world.project.id, "feature", 1)
    assert (newest.message, newest.author_email) == ("Bump", "dev1@example.com")


async def test_commit_makes_a_branch_and_force_replaces_it(forge, world):
    start = world.project.repository.branches["feature"]
    for text in ("one\n", "two\n"):
        commit = await forge.commit(
            world.project.id,
            branch="scansion/fix",
            start_sha=start,
            message="Fix",
            changes=[FileChange(".gitlab-ci.yml", text), FileChange("new.txt", text, create=True)],
            force=True,
        )
    head = world.project.repository.resolve("scansion/fix")
    assert (head.sha, head.parents, head.tree["new.txt"]) == (commit.sha, (start,), b"two\n")


async def test_commit_to_a_protected_branch_is_forbidden(forge, world):
    with pytest.raises(ForbiddenError):
        await forge.commit(
            world.project.id,
            branch="main",
            start_sha="",
            message="Fix",
            changes=[FileChange("pyproject.toml", "x")],
            force=False,
        )


async def test_creating_a_file_that_is_there_is_a_conflict(forge, world):
    with pytest.raises(ConflictError):
        await forge.commit(
            world.project.id,
            branch="feature",
            start_sha="",
            message="Fix",
            changes=[FileChange("pyproject.toml", "x", create=True)],
            force=False,
        )


async def test_merge_request_is_opened_once_and_changed(forge, world):
    new = {"source": "feature", "target": "main", "title": "Draft: Fix", "description": "Why"}
    opened = await forge.create_merge_request(world.project.id, **new)
    with pytest.raises(ConflictError) as conflict:
        await forge.create_merge_request(world.project.id, **new)
    changed = await forge.update_merge_request(
        world.project.id, opened.iid, {"title": "Fix", "state_event": "close"}
    )
    assert (opened.draft, conflict.value.existing) == (True, opened.iid)
    assert (changed.title, changed.draft, changed.state) == ("Fix", False, "closed")


async def test_commit_is_commented_and_its_status_set_twice(forge, world):
    sha = world.project.repository.branches["feature"]
    await forge.comment_on_commit(world.project.id, sha, "hello")
    for _ in range(2):
        await forge.set_commit_status(world.project.id, sha, ref="feature", state="success", description="fine")
    assert [note.body for note in await forge.commit_comments(world.project.id, sha)] == ["hello"]
    assert [(status.name, status.state) for status in world.project.statuses] == [("scansion", "success")]


async def test_project_or_group_with_its_own_token_is_read_with_it(world):
    other = world.gitlab.create_user("group_2_bot_cd34", bot=True)
    world.gitlab.create_token(other, "made-up-group-token")
    hidden = world.gitlab.create_project("secret/poem", members={other: DEVELOPER})
    world.gitlab.push(hidden, "main", {"a.txt": "a"}, "Start", other)
    forge = GitLabForge(world.gitlab.url, "made-up-bot-token", tokens={"secret": "made-up-group-token"})
    try:
        assert (await forge.project("secret/poem")).id == hidden.id
        assert (await forge.branch(hidden.id, "main"))[0].message == "Start"
        assert (await forge.current_user(hidden.id)).id == other.id
        assert (await forge.current_user(world.project.id)).id == world.bot.id
        wanted = [
            FileSet("grp/verse", "main", frozenset({"poem.txt"})),
            FileSet("secret/poem", "main", frozenset({"a.txt"})),
        ]
        assert [list(files) for files in await forge.file_sets(wanted)] == [["poem.txt"], ["a.txt"]]
        assert {project.path for project in await forge.projects()} == {"grp/verse", "secret/poem"}
    finally:
        await forge.close()
