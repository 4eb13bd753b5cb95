"""Who may ask the simulated GitLab what, its limits, its pages, its refusals."""

from __future__ import annotations

import pytest
from aiohttp import ClientSession

from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.server import RateLimit
from bot.shell.sandbox.state import DEVELOPER, GUEST, REPORTER
from tests.worlds import DEV_TOKEN

FILES = """query ($path: ID!, $ref: String!, $paths: [String!]!) {
  project(fullPath: $path) { repository { blobs(ref: $ref, paths: $paths) { nodes { path size rawTextBlob } } } }
}"""


async def ask_graphql(world, query, **variables):
    url = f"{world.gitlab.url}/api/graphql"
    headers = {"Authorization": f"Bearer {DEV_TOKEN}"}
    async with world.session.post(url, json={"query": query, "variables": variables}, headers=headers) as answer:
        assert answer.status == 200
        return await answer.json()


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_wrong_token_is_unauthorized(world, token):
    assert await world.ask("GET", "/user", token=token) == (401, {"message": "401 Unauthorized"})


async def test_expired_and_revoked_tokens_are_unauthorized(world):
    token = world.gitlab.create_token(world.dev, "made-up-old", expires_at="2020-01-01")
    status, body = await world.ask("GET", "/user", token="made-up-old")
    assert (status, body["error"]) == (401, "invalid_token")
    token.expires_at, token.revoked = "", True
    assert (await world.ask("GET", "/user", token="made-up-old"))[0] == 401


async def test_reading_scope_may_not_write(world):
    world.gitlab.create_token(world.dev, "made-up-reader", scopes=("read_api",))
    assert (await world.ask("GET", "/projects/:id", token="made-up-reader"))[0] == 200
    new = {"branch": "x", "ref": "main"}
    status, body = await world.ask("POST", "/projects/:id/repository/branches", token="made-up-reader", json=new)
    assert (status, body["error"]) == (403, "insufficient_scope")


async def test_token_tells_its_scopes_and_expiry(world):
    world.gitlab.create_token(world.dev, "made-up-dated", scopes=("api", "read_api"), expires_at="2999-01-01")
    _status, body = await world.ask("GET", "/personal_access_tokens/self", token="made-up-dated")
    assert (body["scopes"], body["expires_at"], body["active"]) == (["api", "read_api"], "2999-01-01", True)


async def test_private_project_does_not_exist_for_strangers(world):
    world.gitlab.create_token(world.gitlab.create_user("stranger"), "made-up-stranger")
    status, body = await world.ask("GET", "/projects/:id", token="made-up-stranger")
    assert (status, body) == (404, {"message": "404 Project Not Found"})


async def test_public_project_is_read_by_strangers_but_not_written(world):
    world.project.visibility = "public"
    world.gitlab.create_token(world.gitlab.create_user("stranger"), "made-up-stranger")
    assert (await world.ask("GET", "/projects/:id", token="made-up-stranger"))[0] == 200
    new = {"branch": "x", "ref": "main"}
    status, _body = await world.ask(
        "POST", "/projects/:id/repository/branches", token="made-up-stranger", json=new
    )
    assert status == 403


async def test_guests_and_reporters_may_not_lint_nor_read_logs(world):
    job = world.project.pipelines[0].jobs[0].id
    for level, expected in ((GUEST, (403, 403)), (REPORTER, (403, 200)), (DEVELOPER, (200, 200))):
        world.gitlab.add_member(world.project, world.bot, level)
        lint, _body = await world.ask("POST", "/projects/:id/ci/lint", json={"content": "a: b"})
        trace, _body = await world.ask("GET", f"/projects/:id/jobs/{job}/trace")
        assert (lint, trace) == expected


@pytest.mark.parametrize("level", [0, 15, 25, 30])
async def test_member_is_shown_with_the_level_and_a_stranger_is_not_found(world, level):
    person = world.gitlab.create_user("person")
    if level:
        world.gitlab.add_member(world.project, person, level)
    status, body = await world.ask("GET", f"/projects/:id/members/all/{person.id}")
    assert (status, body.get("access_level", 0)) == ((200, level) if level else (404, 0))


async def test_pages_have_gitlabs_headers(world):
    for number in range(5):
        world.gitlab.push(world.project, f"b{number}", {"a": "b"}, "x", world.dev)
    _status, body = await world.ask("GET", "/projects/:id/repository/branches", params={"per_page": 3, "page": 2})
    shown = [world.headers[f"X-{name}"] for name in ("Page", "Next-Page", "Prev-Page", "Total", "Total-Pages")]
    assert (len(body), shown) == (3, ["2", "3", "1", "7", "3"])
    assert 'rel="next"' in world.headers["Link"]


async def test_page_is_never_longer_than_a_hundred_and_commits_have_no_totals(world):
    await world.ask("GET", "/projects/:id/repository/commits", params={"per_page": 500})
    assert (world.headers["X-Per-Page"], "X-Total" in world.headers) == ("100", False)


async def test_limits_are_told_only_where_they_are_on(world):
    await world.ask("GET", "/user")
    assert "RateLimit-Limit" not in world.headers
    assert world.headers["X-Request-Id"]
    world.gitlab.server.rate_limit = RateLimit(requests=1, period_s=60)
    await world.ask("GET", "/user")
    assert (world.headers["RateLimit-Limit"], world.headers["RateLimit-Remaining"]) == ("1", "0")
    status, body = await world.ask("GET", "/user")
    assert (status, body) == (429, "Retry later\n")
    assert 0 < int(world.headers["Retry-After"]) <= 60


async def test_unknown_requests_are_refused_loudly_and_remembered():
    async with Sandbox() as gitlab, ClientSession() as session:
        user = gitlab.create_user("dev1")
        gitlab.create_token(user, "made-up")
        project = gitlab.create_project("grp/verse", members={user: 40})
        headers = {"PRIVATE-TOKEN": "made-up"}
        for path in ("/api/v4/wrong", f"/api/v4/projects/{project.id}?wrong=1"):
            async with session.get(gitlab.url + path, headers=headers) as answer:
                assert answer.status == 501
        assert len(gitlab.server.unknown) == 2


async def test_every_request_is_logged_with_its_status(world):
    await world.ask("GET", "/user")
    await world.ask("GET", "/projects/99999")
    seen = [(request.method, request.path, request.status) for request in world.gitlab.server.requests]
    assert seen == [("GET", "/api/v4/user", 200), ("GET", "/api/v4/projects/99999", 404)]


@pytest.mark.parametrize(
    ("body", "error"),
    [({"branch": "x"}, "ref is missing"), ({"branch": ["x"], "ref": "main"}, "branch is invalid")],
)
async def test_parameters_are_checked_in_gitlabs_words(world, body, error):
    assert await world.ask("POST", "/projects/:id/repository/branches", json=body) == (400, {"error": error})


async def test_body_that_is_no_json_is_refused(world):
    url = f"{world.gitlab.url}/api/v4/projects/{world.project.id}/repository/branches"
    headers = {"PRIVATE-TOKEN": DEV_TOKEN, "Content-Type": "application/json"}
    async with world.session.post(url, data=b"{", headers=headers) as answer:
        assert (answer.status, await answer.json()) == (400, {"error": "Problems parsing JSON"})


async def test_graphql_gives_files_and_leaves_missing_ones_out(world):
    paths = ["pyproject.toml", "none"]
    body = await ask_graphql(world, FILES, path="grp/verse", ref="main", paths=paths)
    nodes = body["data"]["project"]["repository"]["blobs"]["nodes"]
    assert [(node["path"], node["size"]) for node in nodes] == [("pyproject.toml", "43")]


async def test_graphql_errors_come_with_200(world):
    too_many = [f"{number}.txt" for number in range(300)]
    complex_one = await ask_graphql(world, FILES, path="grp/verse", ref="main", paths=too_many)
    unknown_field = await ask_graphql(world, '{ project(fullPath: "a") { wrong } }')
    broken = await ask_graphql(world, "{")
    assert "which exceeds max complexity of 250" in complex_one["errors"][0]["message"]
    assert "Cannot query field 'wrong'" in unknown_field["errors"][0]["message"]
    assert broken["errors"]


async def test_graphql_refuses_more_than_twenty_megabytes(world):
    world.gitlab.push(world.project, "feature", {"big.bin": b"x" * 21_000_000}, "Big", world.dev)
    body = await ask_graphql(world, FILES, path="grp/verse", ref="feature", paths=["big.bin"])
    assert body["errors"][0]["message"] == "Max blobs size limit exceeded"


async def test_project_out_of_sight_is_null_in_graphql(world):
    body = await ask_graphql(world, FILES, path="grp/none", ref="main", paths=["a"])
    assert body == {"data": {"project": None}}
