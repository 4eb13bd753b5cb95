"""What web servers in front of GitLab do to answers, and what the client makes of it."""

from __future__ import annotations

import pytest
from aiohttp import web

from bot.app.ports import PermanentForgeError
from bot.shell.gitlab import GitLabForge, session
from bot.shell.gitlab.client import Timeouts

USER = {"id": 7, "username": "scansion", "name": "Verse " * 50_000}


@pytest.fixture
async def front(aiohttp_server):
    """A server that compresses and sends in chunks, below a folder."""

    async def user(_request):
        answer = web.json_response(USER)
        answer.enable_compression(web.ContentCoding.gzip)
        answer.enable_chunked_encoding()
        return answer

    async def trace(request):
        answer = web.StreamResponse()
        answer.enable_compression(web.ContentCoding.gzip)
        await answer.prepare(request)
        for number in range(200):
            await answer.write(b"line %d\n" % number * 1000)
        await answer.write_eof()
        return answer

    async def packages(_request):
        return web.json_response(
            [{"name": "verse", "version": "1.0", "_links": {"web_path": "/git/grp/verse/-/packages/1"}}]
        )

    app = web.Application()
    app.router.add_get("/git/api/v4/user", user)
    app.router.add_get("/git/api/v4/projects/1/jobs/2/trace", trace)
    app.router.add_get("/git/api/v4/projects/1/packages", packages)
    return await aiohttp_server(app)


@pytest.fixture
async def forge(front):
    forge = GitLabForge(f"http://127.0.0.1:{front.port}/git/", "made-up", timeouts=Timeouts())
    yield forge
    await forge.close()


async def test_compressed_answer_in_chunks_is_read(forge):
    assert (await forge.current_user()).name == USER["name"]


async def test_compressed_log_in_chunks_is_read(forge):
    pieces = [piece async for piece in forge.trace(1, 2)]
    assert b"".join(pieces) == b"".join(b"line %d\n" % number * 1000 for number in range(200))


async def test_small_answer_that_swells_without_end_is_refused(forge, monkeypatch):
    monkeypatch.setattr("bot.shell.gitlab.client.MAX_ANSWER", 100_000)
    with pytest.raises(PermanentForgeError, match="too large"):
        await forge.current_user()


async def test_address_of_a_package_is_not_doubled_below_a_folder(forge, front):
    [package] = await forge.packages(1, group=False, name="verse")
    assert package.web_url == f"http://127.0.0.1:{front.port}/git/grp/verse/-/packages/1"


async def test_pieces_are_bounded(forge):
    assert max([len(piece) async for piece in forge.trace(1, 2)]) <= session.CHUNK
