"""Notes, threads, positions and quick actions of the simulated GitLab."""

from __future__ import annotations

import pytest

CLOSING = ["/close", "text\n/close", "/CLOSE  ", "text\n\n/close\nmore", "~~~\n/close\n~~~"]
QUOTED = [
    "```\n/close\n```",
    "````\n```\n/close\n```\n````",
    "`/close`",
    "> /close",
    ">>>\n/close\n>>>",
    "<pre>\n/close\n</pre>",
    "text /close",
    "\u200b/close",
    "\\/close",
    "/closed",
]


@pytest.fixture
def merge_request(world):
    return world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")


@pytest.fixture
def notes_path(merge_request):
    return f"/projects/:id/merge_requests/{merge_request.iid}/notes"


@pytest.fixture
def threads_path(merge_request):
    return f"/projects/:id/merge_requests/{merge_request.iid}/discussions"


def position(merge_request, **lines):
    version = merge_request.versions[0]
    place = {
        "position_type": "text",
        "base_sha": version.base,
        "start_sha": version.start,
        "head_sha": version.head,
    }
    return {**place, "old_path": "pyproject.toml", "new_path": "pyproject.toml", **lines}


@pytest.mark.parametrize("body", CLOSING)
async def test_quick_action_in_a_note_is_executed(world, merge_request, notes_path, body):
    await world.ask("POST", notes_path, json={"body": body})
    assert merge_request.state == "closed"


@pytest.mark.parametrize("body", QUOTED)
async def test_quoted_command_does_not_fire(world, merge_request, notes_path, body):
    status, note = await world.ask("POST", notes_path, json={"body": body})
    assert (status, note["body"]) == (201, body)
    assert (merge_request.state, merge_request.executed) == ("opened", [])


async def test_note_of_commands_alone_is_accepted_and_not_kept(world, merge_request, notes_path):
    status, body = await world.ask("POST", notes_path, json={"body": "/label ~silence"})
    assert (status, set(body), merge_request.notes) == (202, {"commands_changes", "summary"}, [])
    assert merge_request.labels == ["silence"]


async def test_command_lines_are_cut_out_of_a_note(world, merge_request, notes_path):
    _status, note = await world.ask("POST", notes_path, json={"body": "before\n/title New\nafter"})
    assert (note["body"], merge_request.title) == ("before\nafter", "New")


async def test_unknown_command_stays_text(world, merge_request, notes_path):
    status, note = await world.ask("POST", notes_path, json={"body": "/scansion fix"})
    assert (status, note["body"], merge_request.executed) == (201, "/scansion fix", [])


async def test_empty_note_is_refused(world, notes_path):
    status, body = await world.ask("POST", notes_path, json={"body": "  "})
    assert (status, body["message"][:28]) == (400, "400 Bad request - Note {:not")


async def test_plain_note_cannot_be_resolved_and_a_thread_can(world, notes_path, threads_path):
    _status, note = await world.ask("POST", notes_path, json={"body": "hello"})
    _status, thread = await world.ask("POST", threads_path, json={"body": "hello"})
    assert (note["resolvable"], thread["notes"][0]["resolvable"]) == (False, True)
    status, _body = await world.ask("PUT", f"{threads_path}/{thread['id']}", json={"resolved": True})
    assert status == 200


async def test_thread_on_an_added_line_is_a_diff_note(world, merge_request, threads_path):
    place = position(merge_request, new_line=3)
    status, thread = await world.ask("POST", threads_path, json={"body": "here", "position": place})
    assert (status, thread["notes"][0]["type"]) == (201, "DiffNote")


async def test_thread_on_an_unchanged_line_needs_both_numbers(world, merge_request, threads_path):
    for lines, wanted in (({"new_line": 1}, 400), ({"new_line": 1, "old_line": 1}, 201)):
        place = position(merge_request, **lines)
        status, _body = await world.ask("POST", threads_path, json={"body": "here", "position": place})
        assert status == wanted


@pytest.mark.parametrize(
    "change",
    [
        {"new_line": 40},
        {"new_line": 3, "old_line": 3},
        {"new_line": 3, "head_sha": "1" * 40},
        {"new_path": "poem.txt"},
    ],
)
async def test_position_outside_of_the_diff_is_refused_by_its_line_code(
    world, merge_request, threads_path, change
):
    place = {**position(merge_request, new_line=3), **change}
    status, body = await world.ask("POST", threads_path, json={"body": "here", "position": place})
    assert status == 400
    assert "line_code" in body["message"]


async def test_suggestion_is_read_and_applied(world, merge_request, threads_path):
    text = '```suggestion:-0+0\nversion = "0.3.0"\n```'
    place = position(merge_request, new_line=3)
    _status, thread = await world.ask("POST", threads_path, json={"body": text, "position": place})
    found = thread["notes"][0]["suggestions"][0]
    assert (found["from_content"], found["to_content"]) == ('version = "0.2.0"\n', 'version = "0.3.0"\n')
    old = merge_request.sha
    await world.ask("PUT", f"/suggestions/{found['id']}/apply", token="made-up-dev-token")
    head = world.project.repository.resolve("feature")
    assert b'version = "0.3.0"' in head.tree["pyproject.toml"]
    assert merge_request.sha == head.sha != old


async def test_second_emoji_of_the_same_name_is_an_error(world, merge_request):
    note = world.gitlab.comment(merge_request, world.dev, "/scansion help")
    path = f"/projects/:id/merge_requests/{merge_request.iid}/notes/{note.id}/award_emoji"
    first, _body = await world.ask("POST", path, params={"name": "eyes"})
    second, body = await world.ask("POST", path, params={"name": "eyes"})
    assert (first, second) == (201, 404)
    assert "already been taken" in body["message"]


async def test_note_of_another_person_cannot_be_edited(world, merge_request, notes_path):
    note = world.gitlab.comment(merge_request, world.dev, "mine")
    status, _body = await world.ask("PUT", f"{notes_path}/{note.id}", json={"body": "yours"})
    assert (status, note.body) == (403, "mine")
