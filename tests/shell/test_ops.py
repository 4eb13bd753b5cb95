"""The operations page and what `scansion queue` stands on."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from bot.shell.engine import Engine, GaveUpError
from bot.shell.ops import OpsPages
from bot.shell.queue_admin import QueueAdmin
from bot.shell.store.store import Ended
from tests.shell.clocks import SetClock
from tests.shell.running import delivery, until, work, working

HOSTILE = "<script>alert(1)</script>"


async def fill(store) -> int:
    """One dead letter with a hostile reason and lane, one waiting item, one delivery; the dead one's id."""

    async def give_up(_attempt) -> None:
        raise GaveUpError

    async with working(store, give_up):
        await store.add(None, [work(1, lane=HOSTILE)])
        admin = QueueAdmin(store)
        dead = []
        while not dead:
            dead = await admin.list_work(state="dead")
    await store.add(delivery("d1"), [work(2)])
    await store.record(
        Ended(
            job_id=dead[0].id,
            kind="review",
            lane=HOSTILE,
            outcome="dead",
            remark=HOSTILE,
            attempt=1,
            ended_at=5,
            seconds=1,
        )
    )
    return dead[0].id


async def test_work_can_be_listed_shown_retried_and_discarded(store) -> None:
    dead = await fill(store)
    admin = QueueAdmin(store)
    assert await admin.counts() == {"waiting": 1, "running": 0, "dead": 1}
    (waiting,) = await admin.list_work()
    assert (waiting.state, waiting.payload, waiting.delivery) == ("waiting", {"number": 2}, "d1")
    (letter,) = await admin.list_work(state="dead")
    assert (letter.id, letter.remark, letter.tries) == (dead, HOSTILE, 1)
    assert [entry.name for entry in await admin.deliveries()] == ["d1"]
    assert await admin.retry(dead)
    assert not await admin.retry(dead)
    assert not await admin.retry(999_999)
    assert (await admin.show(dead)).tries == 0
    assert await admin.discard(dead)
    assert await admin.show(dead) is None
    assert not await admin.discard(dead)
    with pytest.raises(ValueError, match="not a state"):
        await admin.list_work(state="oops")


async def test_retried_dead_letter_is_done(store) -> None:
    dead = await fill(store)
    await QueueAdmin(store).retry(dead)
    done: list[int] = []

    async def run(attempt) -> None:
        done.append(attempt.item.payload["number"])

    async with working(store, run):
        await until(lambda: sorted(done) == [1, 2])


async def test_running_work_cannot_be_discarded(store) -> None:
    engine = Engine(store, lambda _: None, concurrency=1, grace_s=1)
    await store.add(None, [work(0)])
    worker_id = await engine.app.job_manager.register_worker()
    job = await engine.app.job_manager.fetch_job(queues=None, worker_id=worker_id)
    assert not await QueueAdmin(store).discard(job.id)


@pytest.fixture
def pages(store, aiohttp_client):
    async def start(password: str = ""):
        app = web.Application()
        OpsPages(store, SetClock(), password).add_to(app)
        return await aiohttp_client(app)

    return start


async def test_page_shows_work_and_escapes_it(store, pages) -> None:
    dead = await fill(store)
    client = await pages()
    for path in ("/", f"/work/{dead}"):
        response = await client.get(path)
        text = await response.text()
        assert response.status == 200
        assert HOSTILE not in text
        assert "&lt;script&gt;" in text
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert (await client.get("/work/999999")).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "10.0.0.1"},
        {"Forwarded": "for=10.0.0.1"},
        {"Via": "1.1 x"},
        {"Host": "bot.example.com"},
    ],
)
async def test_page_without_a_password_is_for_this_machine_only(pages, headers) -> None:
    client = await pages()
    assert (await client.get("/")).status == 200
    assert (await client.get("/", headers=headers)).status == 403


async def test_page_with_a_password_wants_it_from_everybody(pages) -> None:
    client = await pages("made-up-password")
    assert (await client.get("/")).status == 401
    assert (await client.get("/", headers={"Authorization": "Basic ???"})).status == 401
    for user, password, status in [
        ("ops", "made-up-password", 200),
        ("ops", "wrong", 401),
        ("root", "made-up-password", 401),
    ]:
        auth = aiohttp.encode_basic_auth(user, password) if hasattr(aiohttp, "encode_basic_auth") else None
        headers = {"Authorization": auth or aiohttp.BasicAuth(user, password).encode()}
        headers |= {"X-Forwarded-For": "10.0.0.1"}
        assert (await client.get("/", headers=headers)).status == status
