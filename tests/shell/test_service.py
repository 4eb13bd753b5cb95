"""The long-running commands as one: webhook in, work done, graceful end."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import aiohttp
import pytest

from bot.app.ports import Done, ForgeError, PermanentForgeError, Retry, TransientForgeError, Work
from bot.shell import service, wiring
from bot.shell.errors import UsageError
from bot.shell.settings import Settings
from tests.fakes import FakeForge
from tests.payloads import encode, merge_request
from tests.shell.running import until

TOKEN = {"X-Gitlab-Token": "made-up-token"}


def settings(store_url: str, **more) -> Settings:
    chosen = {"webhook_token": "made-up-token", "store_url": store_url, "port": 0, "sweep_interval_s": 0} | more
    return Settings(**chosen)


class Reviews:
    """Stands for the kinds of work: only `review`, which does what the test says."""

    def __init__(self, *outcomes) -> None:
        self.outcomes = list(outcomes)
        self.seen: list[dict] = []

    async def run(self, payload, _services):
        self.seen.append(dict(payload))
        outcome = self.outcomes.pop(0) if self.outcomes else Done("looked")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def kinds(monkeypatch):
    """Puts one kind of work in place of all real ones."""

    def put(*outcomes) -> Reviews:
        reviews = Reviews(*outcomes)
        monkeypatch.setattr(wiring, "load", lambda *_: {"review": Work("review", reviews.run)})
        return reviews

    return put


class Running:
    """A service in this process."""

    def __init__(self, chosen: Settings, **options) -> None:
        self.ready = asyncio.Event()
        self.stop = asyncio.Event()
        self.address = ""
        self.parts = None
        self._task = asyncio.create_task(
            service.run_service(chosen, forge=FakeForge(), ready=self._hear, stop=self.stop, **options)
        )

    def _hear(self, address, parts) -> None:
        self.address, self.parts = address, parts
        self.ready.set()

    async def __aenter__(self):
        waiting = asyncio.create_task(self.ready.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            waiting.cancel()
            await self._task
        return self

    async def __aexit__(self, *_):
        self.stop.set()
        await asyncio.wait_for(self._task, 20)

    async def post(self, payload) -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.address}/webhook", data=encode(payload), headers=TOKEN) as response,
        ):
            return response.status

    async def first_outcomes(self, count: int) -> list[tuple]:
        """Wait for so many attempts to end."""
        found = []
        async with asyncio.timeout(15):
            while len(found) < count:
                await asyncio.sleep(0.02)
                found = await self.parts.store.database.query(
                    "SELECT outcome, remark FROM scansion_outcome ORDER BY ended_at, attempt"
                )
        return found


async def test_webhook_becomes_work_that_is_done(store_url, kinds) -> None:
    reviews = kinds()
    async with Running(settings(store_url)) as running:
        assert await running.post(merge_request()) == 202
        await until(lambda: reviews.seen)
    assert reviews.seen == [{"project_id": 42, "iid": 16}]


async def test_receiver_alone_stores_and_a_later_process_works(store_url, kinds) -> None:
    reviews = kinds()
    async with Running(settings(store_url), workers=0) as running:
        assert await running.post(merge_request()) == 202
        assert reviews.seen == []
    stop = asyncio.Event()
    task = asyncio.create_task(service.run_worker(settings(store_url), forge=FakeForge(), stop=stop))
    await until(lambda: reviews.seen)
    stop.set()
    await asyncio.wait_for(task, 20)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Retry("busy", 1)], [("retry", "busy"), ("done", "looked")]),
        ([TransientForgeError("GitLab is down", 1)], [("retry", "GitLab is down"), ("done", "looked")]),
        ([PermanentForgeError("no such project")], [("dead", "no such project")]),
        ([ValueError("a fault of ours")], [("dead", "ValueError: a fault of ours")]),
    ],
)
async def test_failures_are_retried_or_kept_with_their_reason(tmp_path, kinds, outcomes, expected) -> None:
    kinds(*outcomes)
    async with Running(settings(f"sqlite://{tmp_path}/s.db")) as running:
        await running.post(merge_request())
        assert await running.first_outcomes(len(expected)) == expected


async def test_work_is_not_retried_for_ever(tmp_path, kinds) -> None:
    reviews = kinds(*[Retry("busy", 0.1)] * 5)
    async with Running(settings(f"sqlite://{tmp_path}/s.db", work_attempts=2)) as running:
        await running.post(merge_request())
        await until(lambda: len(reviews.seen) == 2)
        assert await running.first_outcomes(2) == [("retry", "busy"), ("dead", "tried 2 times; at last: busy")]


async def test_everything_waits_while_gitlab_asked_to_be_left_alone(tmp_path, kinds) -> None:
    reviews = kinds(TransientForgeError("rate limited", 2))
    async with Running(settings(f"sqlite://{tmp_path}/s.db")) as running:
        await running.post(merge_request(iid=1))
        await until(lambda: reviews.seen)
        await running.post(merge_request(iid=2))
        await running.first_outcomes(2)
        assert len(reviews.seen) == 1
        await until(lambda: len(reviews.seen) == 3)


async def test_full_disk_refuses_deliveries_and_loses_nothing_that_was_taken(tmp_path, kinds) -> None:
    reviews = kinds()
    async with Running(settings(f"sqlite://{tmp_path}/s.db")) as running:
        query = running.parts.store.database.query
        pages = (await query("PRAGMA page_count"))[0][0]
        await query(f"PRAGMA max_page_count = {pages + 3}")
        answers = [await running.post(merge_request(iid=iid)) for iid in range(150)]
        assert set(answers) == {202, 503}
        await query("PRAGMA max_page_count = 1000000")
        assert await running.post(merge_request(iid=1000)) == 202
        taken = [iid for iid, answer in enumerate(answers) if answer == 202]
        await until(lambda: {*taken, 1000} <= {payload["iid"] for payload in reviews.seen}, within_s=30)


async def test_probe_and_counters(tmp_path, kinds) -> None:
    reviews = kinds(Done("looked", (("diagnosis", "time-out"), ("fixup", "proof running"))))
    async with Running(settings(f"sqlite://{tmp_path}/s.db")) as running, aiohttp.ClientSession() as session:
        await running.post(merge_request())
        await running.first_outcomes(1)
        assert reviews.seen
        async with session.get(f"{running.address}/readyz") as answer:
            assert answer.status == 200
        async with session.get(f"{running.address}/metrics") as answer:
            text = await answer.text()
        for line in (
            'scansion_work_total{kind="review",outcome="done"} 1.0',
            'scansion_diagnoses_total{cause="time-out"} 1.0',
            'scansion_fixups_total{outcome="proof running"} 1.0',
            "scansion_work_waiting",
            "scansion_work_lag_seconds_count 1.0",
        ):
            assert line in text


async def test_worker_alone_shows_its_counters_where_it_has_a_port(tmp_path, kinds, unused_tcp_port) -> None:
    kinds()
    stop, address = asyncio.Event(), f"http://127.0.0.1:{unused_tcp_port}"
    chosen = settings(f"sqlite://{tmp_path}/s.db", work_port=unused_tcp_port)
    worker = asyncio.create_task(service.run_worker(chosen, forge=FakeForge(), stop=stop))
    async with aiohttp.ClientSession() as session:
        async with asyncio.timeout(30):
            while True:
                with contextlib.suppress(aiohttp.ClientError):
                    async with session.get(f"{address}/metrics") as answer:
                        text = await answer.text()
                        if 'scansion_work_waiting{status="todo"}' in text:
                            break
                await asyncio.sleep(0.05)
        async with session.post(f"{address}/webhook") as answer:
            assert answer.status == 404
    stop.set()
    await worker


async def test_readiness_names_what_is_wrong(tmp_path, kinds) -> None:
    kinds()
    forge = FakeForge()

    async def unreachable():
        raise ForgeError("`https://gitlab.example.com` does not answer")

    forge.current_user = unreachable
    chosen = settings(f"sqlite://{tmp_path}/s.db")
    async with (
        wiring.open_parts(chosen, forge=forge) as parts,
        wiring.listening(parts) as address,
        aiohttp.ClientSession() as session,
        session.get(f"{address}/readyz") as answer,
    ):
        assert answer.status == 503
        assert "GitLab does not answer" in await answer.text()
        assert "gitlab.example.com" not in await answer.text(), "anybody may ask; the reason is in the log"


async def test_start_is_refused_with_one_line(tmp_path, kinds) -> None:
    kinds()
    url = f"sqlite://{tmp_path}/s.db"
    with pytest.raises(UsageError, match="webhook secret"):
        await service.run_service(Settings(store_url=url), forge=FakeForge())
    with pytest.raises(UsageError, match="SCANSION_GITLAB_TOKEN"):
        await service.run_worker(Settings(store_url=url))
    with pytest.raises(UsageError, match="cannot be opened"):
        await service.run_worker(Settings(store_url=f"sqlite://{__file__}/s.db"), forge=FakeForge())
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot listen"):
            async with Running(settings(url, port=taken.getsockname()[1])):
                pass


async def test_second_process_on_the_embedded_store_is_refused(tmp_path, kinds) -> None:
    kinds()
    chosen = settings(f"sqlite://{tmp_path}/s.db")
    async with Running(chosen):
        with pytest.raises(UsageError, match="one process at a time"):
            await service.run_worker(chosen, forge=FakeForge())
