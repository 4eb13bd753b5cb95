"""However often a webhook comes and the bot dies, GitLab sees one note and one fix-up merge request."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from bot.shell.sandbox.demo_projects import open_ledger_request
from tests.e2e.beside_gitlab import Scene, scene_with, until
from tests.postgres import new_database, postgres_server

REVIEWS_KILLED = 10
COPIES = 20
KILLS_AMONG_COPIES = 5


@pytest.fixture(scope="module")
def postgres_url():
    with postgres_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
async def scene(request, tmp_path) -> AsyncIterator[Scene]:
    if request.param == "sqlite":
        url = f"sqlite://{tmp_path / 'scansion.db'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"))
    scene = await scene_with(url, tmp_path, command=("tests.crash.bot",))
    scene.gitlab.server.delay_s = 0.03
    await scene.bot.start()
    yield scene
    await scene.bot.stop()
    await scene.gitlab.stop()


async def test_one_webhook_delivered_twenty_times_to_a_bot_that_is_killed_has_one_effect(scene):
    moments = random.Random(7)
    request = open_ledger_request(scene.demo)
    await scene.gitlab.webhooks.delivered()
    first = next(sent for sent in scene.gitlab.webhooks.sent if sent.trigger == "merge_requests_events")
    for _ in range(KILLS_AMONG_COPIES):
        for _ in range(COPIES // KILLS_AMONG_COPIES):
            scene.gitlab.webhooks.send(first)
        await asyncio.sleep(moments.uniform(0.05, 0.6))
        await scene.bot.kill()
        await scene.bot.start()
    scene.gitlab.webhooks.send(first)
    await scene.rest()
    assert request.notes_created == len(scene.notes(request)) == 1
    assert len(scene.fixups(scene.demo.ledger)) == 1
    assert not scene.gitlab.server.unknown


async def test_a_kill_at_a_random_moment_of_each_of_ten_reviews_leaves_one_note_and_one_fixup_each(scene):
    moments = random.Random(20261123)
    requests = []
    for number in range(REVIEWS_KILLED):
        requests.append(open_ledger_request(scene.demo, branch=f"month-{number}"))
        await scene.gitlab.webhooks.delivered()
        await asyncio.sleep(moments.uniform(0, 1.2))
        await scene.bot.kill()
        await scene.bot.start()

    async def all_are_served() -> bool:
        fixups = len(scene.fixups(scene.demo.ledger))
        return fixups >= REVIEWS_KILLED and all(scene.notes(request) for request in requests)

    await until(all_are_served, "a note and a fix-up on every merge request")
    await scene.rest()
    assert [request.notes_created for request in requests] == [1] * REVIEWS_KILLED
    assert len(scene.fixups(scene.demo.ledger)) == REVIEWS_KILLED
    assert not scene.gitlab.server.unknown
