"""The answers to webhooks, over HTTP and a real store."""

from __future__ import annotations

import asyncio
import gzip
import json

import pytest

from bot.core.webhook import HookSecrets, sign
from bot.shell.metrics import Metrics
from bot.shell.receiver import Receiver, Rules
from bot.shell.store.database import StoreError
from bot.shell.store.store import open_store
from bot.shell.web import SERVER_OPTIONS, Web
from tests.payloads import OLD, encode, merge_request, note, pipeline
from tests.planted import SIGNING_TOKEN
from tests.shell.clocks import SetClock

TOKEN = {"X-Gitlab-Token": "made-up-token"}
LIMIT = 200_000


async def ready() -> None:
    """Nothing keeps the bot from being ready."""


@pytest.fixture
async def embedded(tmp_path):
    store = await open_store(f"sqlite://{tmp_path}/scansion.db", SetClock())
    yield store
    await store.close()


@pytest.fixture
def start(embedded, aiohttp_client, aiohttp_server):
    """Starts the receiver and returns a client of it."""

    async def begin(*, secrets=None, queue=None, probe=ready):
        rules = Rules(secrets=secrets or HookSecrets("made-up-token"), max_age_s=300, max_bytes=LIMIT)
        receiver = Receiver(queue or embedded, SetClock(), rules)
        app = Web(receiver, Metrics(), probe, read_timeout_s=0.5).application(LIMIT)
        return await aiohttp_client(await aiohttp_server(app, **SERVER_OPTIONS))

    return begin


async def post(client, body: bytes, headers=TOKEN) -> int:
    response = await client.post("/webhook", data=body, headers=headers)
    assert (await response.json())["status"]
    return response.status


async def stored(store) -> int:
    return (await store.database.query("SELECT count(*) FROM procrastinate_jobs"))[0][0]


async def test_new_delivery_is_stored_and_a_known_one_is_not(start, embedded) -> None:
    client = await start()
    assert await post(client, encode(merge_request())) == 202
    assert await post(client, encode(merge_request())) == 200
    assert await post(client, encode(merge_request()), {**TOKEN, "webhook-id": "group-hook"}) == 200
    assert await post(client, encode(merge_request(action="update", oldrev=OLD))) == 202
    assert await stored(embedded) == 2


@pytest.mark.parametrize("payload", [note("Thank you"), pipeline(status="running"), {"object_kind": "wiki_page"}])
async def test_uninteresting_delivery_is_welcome(start, embedded, payload) -> None:
    assert await post(await start(), encode(payload)) == 200
    assert await stored(embedded) == 0


async def test_stranger_is_refused(start, embedded) -> None:
    client = await start()
    assert await post(client, encode(merge_request()), {}) == 401
    assert await post(client, encode(merge_request()), {"X-Gitlab-Token": "wrong"}) == 401
    assert await post(client, b"not json", {}) == 401
    assert await stored(embedded) == 0


async def test_signed_delivery_is_taken_once_and_only_fresh(start, embedded) -> None:
    client = await start(secrets=HookSecrets("", SIGNING_TOKEN))
    body, now = encode(merge_request()), int(SetClock().at)

    def signed(at: int) -> dict[str, str]:
        signature = sign(SIGNING_TOKEN, "id-1", str(at), body)
        return {"webhook-id": "id-1", "webhook-timestamp": str(at), "webhook-signature": signature}

    assert await post(client, body, signed(now)) == 202
    assert await post(client, body, signed(now)) == 200
    assert await post(client, body, signed(now - 301)) == 401
    assert await post(client, body + b" ", signed(now)) == 401
    assert await post(client, body, TOKEN) == 401


async def test_body_that_is_no_json_or_too_large_is_refused(start) -> None:
    client = await start()
    assert await post(client, b"payload=1") == 400
    assert await post(client, b"") == 400
    assert await post(client, gzip.compress(encode(merge_request())), {**TOKEN, "Content-Encoding": "gzip"}) == 400
    assert await post(client, b'"' + b"x" * LIMIT + b'"') == 413


async def test_large_body_of_unknown_length_is_refused(start) -> None:
    async def chunks():
        for _ in range(100):
            yield b"x" * 10_000

    response = await (await start()).post("/webhook", data=chunks(), headers=TOKEN)
    assert response.status == 413


async def test_large_body_within_the_limit_is_taken(start) -> None:
    payload = merge_request(description="x" * (LIMIT - 2000))
    assert await post(await start(), encode(payload)) == 202


async def test_body_that_drips_is_given_up(start) -> None:
    async def drip():
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    response = await (await start()).post("/webhook", data=drip(), headers=TOKEN)
    assert response.status == 408


async def test_what_cannot_be_stored_is_said_so(start) -> None:
    class Broken:
        async def add(self, delivery, items, *, delay_s=0):
            raise StoreError("the disk is full")

    client = await start(queue=Broken())
    assert await post(client, encode(merge_request())) == 503
    assert await post(client, encode(note("Thank you"))) == 200


async def test_health_readiness_and_metrics(start) -> None:
    client = await start()
    await post(client, encode(merge_request()))
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 200
    text = await (await client.get("/metrics")).text()
    assert 'scansion_deliveries_total{answer="202",event="merge-request"} 1.0' in text

    async def broken() -> None:
        raise StoreError("the disk is full")

    answer = await (await start(probe=broken)).get("/readyz")
    assert answer.status == 503
    assert "deliveries cannot be stored" in await answer.text()
    assert "the disk is full" not in await answer.text(), "anybody may ask; the reason is in the log"


async def test_no_answer_is_a_redirect_and_none_is_sniffed(start) -> None:
    client = await start()
    for method, path in [
        ("GET", "/webhook"),
        ("POST", "/webhook/"),
        ("PUT", "/webhook"),
        ("GET", "/no-such-page"),
    ]:
        response = await client.request(method, path, headers=TOKEN, allow_redirects=False)
        assert response.status in {404, 405}
    assert (await client.get("/healthz")).headers["X-Content-Type-Options"] == "nosniff"


async def test_answers_never_repeat_what_was_sent(start) -> None:
    client = await start()
    for body, headers in [(b'{"x": "made-up-word"', TOKEN), (b"{}", {"X-Gitlab-Token": "made-up-word"})]:
        response = await client.post("/webhook", data=body, headers=headers)
        assert "made-up-word" not in await response.text() + json.dumps(dict(response.headers))
