"""Merge requests of the simulated GitLab against the facts about the real one."""

from __future__ import annotations

import pytest

NEW = {"source_branch": "feature", "target_branch": "main", "title": "Bump"}


@pytest.fixture
async def request_iid(world) -> int:
    return world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump").iid


async def test_second_open_request_of_the_same_branches_is_a_conflict_that_names_the_first(world, request_iid):
    status, body = await world.ask("POST", "/projects/:id/merge_requests", json=NEW)
    assert status == 409
    assert body == {
        "message": [f"Another open merge request already exists for this source branch: !{request_iid}"]
    }


async def test_same_source_and_target_is_unprocessable(world):
    status, body = await world.ask(
        "POST", "/projects/:id/merge_requests", json={**NEW, "target_branch": "feature"}
    )
    assert (status, list(body["message"])) == (422, ["branch_conflict"])


async def test_missing_source_branch_is_a_bad_request(world):
    status, _body = await world.ask("POST", "/projects/:id/merge_requests", json={**NEW, "source_branch": "none"})
    assert status == 400


async def test_missing_title_is_named(world):
    status, body = await world.ask(
        "POST", "/projects/:id/merge_requests", json={"source_branch": "feature", "target_branch": "main"}
    )
    assert (status, body) == (400, {"error": "title is missing"})


async def test_draft_is_what_the_title_says(world, request_iid):
    path = f"/projects/:id/merge_requests/{request_iid}"
    for title, draft in (("Draft: Bump", True), ("[Draft] Bump", True), ("Bump", False)):
        status, body = await world.ask("PUT", path, json={"title": title})
        assert (status, body["draft"]) == (200, draft)


async def test_single_request_has_diff_refs_and_head_pipeline_and_a_list_has_not(world, request_iid):
    _status, one = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}")
    _status, many = await world.ask("GET", "/projects/:id/merge_requests")
    assert one["diff_refs"]["head_sha"] == one["sha"]
    assert one["head_pipeline"]["status"] == "failed"
    assert "head_pipeline" not in many[0]


async def test_request_in_preparation_has_no_diff_yet(world, request_iid):
    world.project.merge_request(request_iid).preparing = True
    _status, one = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}")
    _status, diffs = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}/diffs")
    assert (one["prepared_at"], one["diff_refs"], diffs) == (None, None, [])


async def test_diff_is_unified_and_without_file_headers(world, request_iid):
    _status, diffs = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}/diffs")
    expected = '@@ -1,3 +1,3 @@\n [project]\n name = "verse"\n-version = "0.1.0"\n+version = "0.2.0"\n'
    assert [(diff["new_path"], diff["diff"]) for diff in diffs] == [("pyproject.toml", expected)]


async def test_large_diff_is_collapsed_and_empty(world, request_iid):
    world.gitlab.push(world.project, "feature", {"big.txt": "words\n" * 30_000}, "Grow", world.dev)
    _status, diffs = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}/diffs")
    big = next(diff for diff in diffs if diff["new_path"] == "big.txt")
    assert big["diff"] == ""
    assert big["collapsed"] or big["too_large"]


async def test_renamed_file_is_one_change(world, request_iid):
    poem = world.project.repository.resolve("feature").tree["poem.txt"]
    world.gitlab.push(world.project, "feature", {"poem.txt": None, "verse.txt": poem}, "Rename", world.dev)
    _status, diffs = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}/diffs")
    moved = next(diff for diff in diffs if diff["renamed_file"])
    assert (moved["old_path"], moved["new_path"], moved["diff"]) == ("poem.txt", "verse.txt", "")


async def test_push_makes_a_new_version_of_the_request(world, request_iid):
    world.gitlab.push(world.project, "feature", {"new.txt": "x\n"}, "More", world.dev)
    _status, versions = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}/versions")
    _status, one = await world.ask("GET", f"/projects/:id/merge_requests/{request_iid}")
    assert len(versions) == 2
    assert versions[0]["head_commit_sha"] == one["sha"]


async def test_closed_request_can_be_opened_again_and_another_may_stand_beside_it(world, request_iid):
    path = f"/projects/:id/merge_requests/{request_iid}"
    _status, closed = await world.ask("PUT", path, json={"state_event": "close"})
    status, _second = await world.ask("POST", "/projects/:id/merge_requests", json=NEW)
    assert (closed["state"], status) == ("closed", 201)


async def test_labels_are_added_and_removed_alone(world, request_iid):
    path = f"/projects/:id/merge_requests/{request_iid}"
    await world.ask("PUT", path, json={"labels": ["a", "b"]})
    _status, body = await world.ask("PUT", path, json={"add_labels": "c", "remove_labels": "a"})
    assert body["labels"] == ["b", "c"]


async def test_list_is_filtered_by_branch_state_and_author(world, request_iid):
    for query, found in (
        ({"source_branch": "feature", "state": "opened"}, [request_iid]),
        ({"source_branch": "other"}, []),
        ({"author_id": world.bot.id}, []),
        ({"updated_after": "2999-01-01T00:00:00Z"}, []),
        ({"state": "closed"}, []),
    ):
        _status, body = await world.ask("GET", "/projects/:id/merge_requests", params=query)
        assert [item["iid"] for item in body] == found
