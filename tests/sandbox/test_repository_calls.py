"""Commits, branches, files and packages of the simulated GitLab."""

from __future__ import annotations

import pytest
from aiohttp import FormData

from tests.worlds import BOT_TOKEN, DEV_TOKEN, PYPROJECT

COMMITS = "/projects/:id/repository/commits"


def update(path="pyproject.toml", **more):
    return {"action": "update", "file_path": path, "content": "new\n", **more}


async def commit(world, actions, *, branch="feature", token=BOT_TOKEN, **more):
    body = {"branch": branch, "commit_message": "Change", "actions": actions, **more}
    return await world.ask("POST", COMMITS, token=token, json=body)


async def test_commit_of_several_actions(world):
    actions = [
        update(),
        {"action": "create", "file_path": "a/b.txt", "content": "YQ==", "encoding": "base64"},
        {"action": "delete", "file_path": ".gitlab-ci.yml"},
        {"action": "move", "file_path": "verse.txt", "previous_path": "poem.txt"},
    ]
    parent = world.project.repository.branches["feature"]
    status, body = await commit(world, actions)
    tree = world.project.repository.resolve("feature").tree
    assert (status, body["parent_ids"]) == (201, [parent])
    assert sorted(tree) == ["a/b.txt", "pyproject.toml", "verse.txt"]
    assert (tree["a/b.txt"], tree["pyproject.toml"]) == (b"a", b"new\n")


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"action": "create", "file_path": "poem.txt", "content": "x"}, "A file with this name already exists"),
        (update("none.txt"), "A file with this name doesn't exist"),
        (update(last_commit_id="1" * 40), "has changed since you started editing it"),
        ({"action": "create", "file_path": "../x", "content": "x"}, "invalid path"),
    ],
)
async def test_action_that_does_not_fit_is_refused(world, action, words):
    status, body = await commit(world, [action])
    assert (status, words in body["message"]) == (400, True)


async def test_last_commit_id_that_fits_is_accepted(world):
    _status, file = await world.ask("GET", "/projects/:id/repository/files/poem.txt", params={"ref": "feature"})
    assert (await commit(world, [update("poem.txt", last_commit_id=file["last_commit_id"])]))[0] == 201


async def test_protected_branch_is_for_maintainers(world):
    assert (await commit(world, [update()], branch="main"))[0] == 403
    assert (await commit(world, [update()], branch="main", token=DEV_TOKEN))[0] == 201


async def test_new_branch_needs_a_start_and_an_old_one_needs_force(world):
    start = world.project.repository.branches["feature"]
    assert (await commit(world, [update()], branch="fix"))[0] == 400
    assert (await commit(world, [update()], branch="fix", start_sha=start))[0] == 201
    assert (await commit(world, [update()], branch="fix", start_sha=start))[0] == 400
    status, body = await commit(world, [update()], branch="fix", start_branch="main", force=True)
    assert (status, body["parent_ids"]) == (201, [world.project.repository.branches["main"]])


async def test_force_is_refused_on_a_protected_branch(world):
    status, _body = await commit(
        world, [update()], branch="main", start_branch="feature", force=True, token=DEV_TOKEN
    )
    assert status == 403


async def test_branch_is_made_shown_and_deleted(world):
    path = "/projects/:id/repository/branches"
    new = {"branch": "a/b", "ref": "main"}
    assert (await world.ask("POST", path, json=new))[0] == 201
    status, body = await world.ask("POST", path, json=new)
    assert (status, body) == (400, {"message": "Branch already exists"})
    _status, main = await world.ask("GET", f"{path}/main")
    assert (main["protected"], main["can_push"], main["default"]) == (True, False, True)
    assert (await world.ask("DELETE", f"{path}/a%2Fb"))[0] == 204
    assert (await world.ask("DELETE", f"{path}/a%2Fb"))[0] == 404
    assert (await world.ask("DELETE", f"{path}/main"))[0] == 403


async def test_file_is_shown_raw_and_encoded(world):
    path = "/projects/:id/repository/files/pyproject.toml"
    status, raw = await world.ask("GET", f"{path}/raw", params={"ref": "main"})
    assert (status, raw) == (200, PYPROJECT)
    assert (await world.ask("GET", path))[0] == 400
    status, body = await world.ask("GET", f"{path.replace('pyproject', 'none')}/raw", params={"ref": "main"})
    assert (status, body) == (404, {"message": "404 File Not Found"})


async def test_comparison_shows_commits_and_diffs(world):
    _status, body = await world.ask(
        "GET", "/projects/:id/repository/compare", params={"from": "main", "to": "feature"}
    )
    assert [item["title"] for item in body["commits"]] == ["Bump"]
    assert [item["new_path"] for item in body["diffs"]] == ["pyproject.toml"]


async def test_request_of_a_commit_is_found(world):
    request = world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")
    _status, body = await world.ask("GET", f"{COMMITS}/{request.sha}/merge_requests")
    assert [item["iid"] for item in body] == [request.iid]


async def test_request_from_a_fork_belongs_to_the_target_and_its_commits_are_readable_there(world):
    stranger = world.gitlab.create_user("stranger")
    fork = world.gitlab.fork(world.project, "stranger/verse", stranger)
    world.gitlab.push(fork, "idea", {"poem.txt": "mine\n"}, "Idea", stranger)
    request = world.gitlab.open_from_fork(fork, stranger, "idea", "An idea")
    _status, body = await world.ask("GET", f"/projects/:id/merge_requests/{request.iid}")
    assert (body["source_project_id"], body["target_project_id"]) == (fork.id, world.project.id)
    status, text = await world.ask(
        "GET", "/projects/:id/repository/files/poem.txt/raw", params={"ref": body["sha"]}
    )
    assert (status, text) == (200, "mine\n")


def upload(name="verse", version="0.1.0", file="verse-0.1.0-py3-none-any.whl"):
    form = FormData({":action": "file_upload", "name": name, "version": version, "sha256_digest": "x"})
    form.add_field("content", b"wheel", filename=file, content_type="application/octet-stream")
    return form


async def test_same_file_twice_gets_gitlabs_very_answer(world):
    path = "/projects/:id/packages/pypi"
    assert (await world.ask("POST", path, data=upload()))[0] == 201
    status, body = await world.ask("POST", path, data=upload())
    assert status == 400
    assert body == {"message": "400 Bad request - Validation failed: File name has already been taken"}


async def test_other_file_of_a_version_and_a_version_being_deleted_are_no_duplicates(world):
    path = "/projects/:id/packages/pypi"
    await world.ask("POST", path, data=upload())
    assert (await world.ask("POST", path, data=upload(file="verse-0.1.0.tar.gz")))[0] == 201
    world.project.packages[0].status = "pending_destruction"
    assert (await world.ask("POST", path, data=upload()))[0] == 201


async def test_package_names_are_matched_fuzzily_and_hidden_ones_left_out(world):
    for name in ("verse", "verse-extra", "other"):
        world.gitlab.publish(world.project, name, "1.0")
    world.gitlab.publish(world.project, "verse", "2.0").status = "pending_destruction"
    _status, body = await world.ask(
        "GET", "/projects/:id/packages", params={"package_name": "verse", "package_type": "pypi"}
    )
    assert [(item["name"], item["version"]) for item in body] == [("verse", "1.0"), ("verse-extra", "1.0")]


async def test_files_of_a_package_have_their_hash(world):
    package = world.gitlab.publish(world.project, "verse", "1.0")
    _status, [file] = await world.ask("GET", f"/projects/:id/packages/{package.id}/package_files")
    assert (file["file_name"], len(file["file_sha256"])) == ("verse-1.0-py3-none-any.whl", 64)


async def test_packages_of_a_group_say_where_they_are(world):
    world.gitlab.publish(world.project, "verse", "1.0")
    _status, [package] = await world.ask("GET", "/groups/grp/packages")
    assert package["project_path"] == "grp/verse"


async def test_simple_index_redirects_for_unknown_names(world):
    world.gitlab.publish(world.project, "verse", "1.0")
    path = "/projects/:id/packages/pypi/simple"
    assert (await world.ask("GET", f"{path}/verse"))[0] == 200
    assert (await world.ask("GET", f"{path}/none", allow_redirects=False))[0] == 302
