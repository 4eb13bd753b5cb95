"""The pages of what the bot knows, on the web and on the terminal."""

import pytest
from aiohttp import web

from bot.shell.explained import ExplainPages, every_page


@pytest.fixture
async def client(aiohttp_client):
    app = web.Application()
    ExplainPages().add_to(app)
    return await aiohttp_client(app)


async def test_the_index_names_every_page(client):
    text = await (await client.get("/explain")).text()
    for entry in every_page():
        assert f'href="/explain/{entry.id}"' in text


async def test_every_page_is_served(client):
    for entry in every_page():
        answer = await client.get(f"/explain/{entry.id}")
        assert answer.status == 200
        assert f"<h1>{entry.id} ({entry.kind})</h1>" in await answer.text()


async def test_an_unknown_page_is_not_found(client):
    assert (await client.get("/explain/no-such-page")).status == 404
