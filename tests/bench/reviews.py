"""Whole reviews per second, and how soon a worker wakes: `python -m tests.bench.reviews [--store postgresql]`.

The simulated GitLab, which takes 30 ms for each answer, has a process of its own. On the embedded store one
process of the bot receives and works. On PostgreSQL one receives, and first one, then N worker processes work;
`--slots` says how many reviews each does at a time. What each process used of a processor is told, so that a ratio
can be read: it holds while cores last. The wake-up counts from the push that sends the webhook to the bot's first
question, so it has the delivery in it. Exit status 1 when the median wake-up is above 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processes import processor_s
from tests.bench.simulator import simulator
from tests.e2e.beside_gitlab import BotProcess
from tests.postgres import new_database, postgres_server

ANSWER_S = 0.03
MOST_WAKE_S = 0.1
WARM_S = 3.0  # a bot that has just been started loads its rules first
ROUNDS = 7


@dataclass(frozen=True)
class Result:
    """Reviews per second, the median wake-up, and the share of a processor that each process used."""

    rate: float
    wake_s: float
    shares: dict[str, float]

    def tell(self, title: str) -> None:
        """Print it."""
        used = ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items())
        print(f"{title}: {self.rate:.1f} reviews per second; of a processor: {used}", flush=True)


def commands(embedded: bool, workers: int, slots: int) -> dict[str, tuple[str, ...]]:  # noqa: FBT001 - an answer
    """The processes of the bot."""
    if embedded:
        return {"the bot": ("bot", "serve", "--workers", str(slots))}
    work = {f"worker {number + 1}": ("bot", "work", "--workers", str(slots)) for number in range(workers)}
    return {"receiver": ("bot", "serve", "--workers", "0"), **work}


@contextlib.asynccontextmanager
async def bots(gitlab_url: str, store_url: str, wanted: dict[str, tuple[str, ...]]) -> AsyncIterator[dict]:
    """Processes of the bot by name; the first of them receives."""
    with tempfile.TemporaryDirectory(prefix="scansion-reviews-") as folder:
        running = {
            name: BotProcess(gitlab_url, store_url, Path(folder) / name, command=command)
            for name, command in wanted.items()
        }
        try:
            for bot in running.values():
                bot.folder.mkdir()
                await bot.start()
            await asyncio.sleep(WARM_S)
            yield running
        finally:
            for bot in running.values():
                await bot.stop()


async def measure(store_url: str, wanted: dict[str, tuple[str, ...]], count: int) -> Result:
    """Open merge requests, one at a time and then all at once."""
    async with simulator(ANSWER_S) as gitlab, bots(gitlab.url, store_url, wanted) as running:
        await gitlab.tell_hook(f"{next(iter(running.values())).url}/webhook")
        wakes = [await gitlab.wake_up() for _ in range(ROUNDS)]
        pids = {name: bot.process.pid for name, bot in running.items()} | {"simulator": gitlab.pid}
        before, started = {name: processor_s(pid) for name, pid in pids.items()}, time.monotonic()
        await gitlab.open_and_wait(count)
        passed = time.monotonic() - started
        shares = {name: (processor_s(pid) - before[name]) / passed for name, pid in pids.items()}
        return Result(count / passed, statistics.median(wakes), shares)


def on_postgres(options: argparse.Namespace) -> float:
    """One worker, then several; the slower median wake-up."""
    with postgres_server() as server:
        results = []
        for workers in dict.fromkeys((1, options.workers)):
            wanted = commands(False, workers, options.slots)  # noqa: FBT003 - an answer
            url = new_database(server.get_uri())
            results.append(asyncio.run(measure(url, wanted, options.count * workers)))
            results[-1].tell(f"postgresql, {workers} worker process(es) with {options.slots} slots")
    print(f"{options.workers} workers do {results[-1].rate / results[0].rate:.2f} times the work of one")
    return max(result.wake_s for result in results)


def on_sqlite(options: argparse.Namespace) -> float:
    """One process; its median wake-up."""
    with tempfile.TemporaryDirectory(prefix="scansion-reviews-") as folder:
        wanted = commands(True, 1, options.slots)  # noqa: FBT003 - an answer
        result = asyncio.run(measure(f"sqlite://{folder}/scansion.db", wanted, options.count))
    result.tell(f"sqlite, one process with {options.slots} slots")
    return result.wake_s


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--workers", type=int, default=2, help="worker processes on PostgreSQL")
    parser.add_argument("--slots", type=int, default=8)
    parser.add_argument("--count", type=int, default=40, help="merge requests for each worker")
    options = parser.parse_args()
    wake_s = on_postgres(options) if options.store == "postgresql" else on_sqlite(options)
    print(f"first call {wake_s * 1000:.0f} ms after the webhook was sent (median of {ROUNDS})")
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    return int(wake_s > MOST_WAKE_S)


if __name__ == "__main__":
    sys.exit(main())
