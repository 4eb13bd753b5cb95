"""How fast deliveries are taken: `python -m tests.bench.ingest [--store sqlite|postgresql] [--seconds N]`.

35 KB pipeline events and 6 KB merge request events in turn, over loopback with connections kept, every one new
and on disk before the answer, against the same application with a queue that keeps nothing. The server runs in
a process of its own; the sender is a plain socket writer so that it costs little. Exit status 1 where the wanted
share or latency is not reached.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.core.webhook import HookSecrets
from bot.shell.clock import SystemClock
from bot.shell.log import configure_log
from bot.shell.metrics import Metrics
from bot.shell.receiver import Receiver, Rules
from bot.shell.settings import Settings
from bot.shell.store.store import open_store
from bot.shell.web import SERVER_OPTIONS, Web
from tests.payloads import merge_request, pipeline
from tests.postgres import new_database, postgres_server

TOKEN = "made-up-token"
CONNECTIONS = 64  # as many as wait for an answer when GitLab sends as fast as it can
CALM_CONNECTIONS = 16
WANTED = {"sqlite": 0.40, "postgresql": 0.25}
MOST_P99_MS = 50
REPLAY_PER_S = 150  # 30 minutes of 500 projects at 5 events a second, in one minute
MOST_REPLAY_MS = 1000


class Forgetful:
    """A queue that keeps nothing."""

    async def add(self, _delivery, _items, *, delay_s: float = 0) -> bool:
        del delay_s
        return True


async def _is_ready() -> None:
    """Always."""


async def serve(url: str) -> None:
    """The receiver over a store, or over none; prints its port."""
    configure_log(Settings(log_level="warning"))
    store = await open_store(url, SystemClock()) if url != "none" else Forgetful()
    rules = Rules(secrets=HookSecrets(TOKEN), max_age_s=300, max_bytes=10**7)
    receiver = Receiver(store, SystemClock(), rules)
    app = Web(receiver, Metrics(), _is_ready, read_timeout_s=10).application(10**7)
    runner = web.AppRunner(app, **SERVER_OPTIONS)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


@dataclass(frozen=True, slots=True)
class Result:
    """What one run measured."""

    rate: float
    p50_ms: float
    p99_ms: float
    worst_ms: float


class Load:
    """Sends new deliveries over kept connections."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.number = int(time.time() * 1000)
        small = json.dumps(merge_request(iid=123456789, description="x" * 5500))
        large = json.dumps(pipeline(id=987654321, iid=123456789, detail="y" * 34_500))
        self.bodies = [(small, "123456789"), (large, "987654321")]

    def message(self) -> bytes:
        """One request; the number makes lane, keys and work new."""
        self.number += 1
        text, place = self.bodies[self.number % 2]
        body = text.replace(place, str(self.number)).encode()
        head = (
            f"POST /webhook HTTP/1.1\r\nHost: localhost\r\nX-Gitlab-Token: {TOKEN}\r\n"
            f"webhook-id: {self.number}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def run(self, seconds: float, rate: float | None = None) -> Result:
        """As fast as possible, or at a rate; the latency counts from when a request was due."""
        times: list[float] = []
        started = time.perf_counter()
        self.due = started
        count = CONNECTIONS if rate is None else CALM_CONNECTIONS
        await asyncio.gather(*[self.sender(started + seconds, times, rate) for _ in range(count)])
        taken = time.perf_counter() - started
        marks = statistics.quantiles(times, n=100)
        return Result(len(times) / taken, marks[49] * 1000, marks[98] * 1000, max(times) * 1000)

    async def sender(self, until: float, times: list[float], rate: float | None) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        while (now := time.perf_counter()) < until:
            due = now
            if rate is not None:
                self.due += 1 / rate
                due = self.due
                await asyncio.sleep(max(0, due - now))
            writer.write(self.message())
            await self.read_answer(reader)
            times.append(time.perf_counter() - due)
        writer.close()
        await writer.wait_closed()

    async def read_answer(self, reader: asyncio.StreamReader) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 202 " not in head[:20]:
            raise RuntimeError(head.decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)


@contextlib.contextmanager
def server(url: str) -> Iterator[Load]:
    """A receiver in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.ingest", "--serve", url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        yield Load(int(process.stdout.readline()))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def measure(url: str, seconds: float, rounds: int) -> tuple[list[Result], list[Result]]:
    """The bare and the storing receiver in turn, so that both see the same machine."""
    with server("none") as bare, server(url) as storing:
        pairs = [(asyncio.run(bare.run(seconds)), asyncio.run(storing.run(seconds))) for _ in range(rounds)]
        half = statistics.median(result.rate for _, result in pairs) / 2
        return [*(pair[0] for pair in pairs)], [
            *(pair[1] for pair in pairs),
            asyncio.run(storing.run(seconds, half)),
        ]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--replay", action="store_true", help="replay half an hour of 500 projects in a minute")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve))
        return 0
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scansion-ingest-")))
        url = f"sqlite://{folder}/scansion.db"
        if options.store == "postgresql":
            url = new_database(stack.enter_context(postgres_server()).get_uri())
        if options.replay:
            return replay(url)
        bare, (*storing, half) = measure(url, options.seconds, options.rounds)
    return judge(options.store, bare, storing, half)


def replay(url: str) -> int:
    """Send at the rate of the replay for a minute."""
    with server(url) as storing:
        result = asyncio.run(storing.run(60, REPLAY_PER_S))
    print(f"{result.rate:.0f}/s for a minute: p99 {result.p99_ms:.1f}, worst {result.worst_ms:.1f} ms")
    return int(result.worst_ms > MOST_REPLAY_MS)


def judge(store: str, bare: list[Result], storing: list[Result], half: Result) -> int:
    ratio = statistics.median(kept.rate / plain.rate for plain, kept in zip(bare, storing, strict=True))
    for plain, kept in zip(bare, storing, strict=True):
        print(f"bare {plain.rate:.0f}/s   {store} {kept.rate:.0f}/s   ratio {kept.rate / plain.rate:.2f}")
    print(f"{store}: {ratio:.0%} of the bare receiver (wanted {WANTED[store]:.0%})")
    marks = f"p50 {half.p50_ms:.1f}, p99 {half.p99_ms:.1f}, worst {half.worst_ms:.1f} ms"
    print(f"at half the rate ({half.rate:.0f}/s): {marks}")
    return 0 if ratio >= WANTED[store] and half.p99_ms < MOST_P99_MS else 1


if __name__ == "__main__":
    sys.exit(main())
