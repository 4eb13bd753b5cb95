"""Whole reviews per second of one worker, and how soon it wakes: `python -m tests.bench.reviews [--count N]`.

The bot runs in a process of its own on the embedded store, beside a simulated GitLab that takes 30 ms for each
answer. The wake-up counts from the push that sends the webhook to the bot's first question, so it has the
delivery in it. Exit status 1 when the median wake-up is above 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.shell.sandbox.demo_projects import open_ledger_request
from tests.e2e.beside_gitlab import Scene, scene_with, until

ANSWER_S = 0.03
MOST_WAKE_S = 0.1
WARM_S = 3.0  # a bot that has just been started loads its rules first
ROUNDS = 7


async def wake_up(scene: Scene, number: int) -> float:
    """Seconds from a webhook to the first call, for a bot that has nothing to do."""
    await scene.quiet()
    calls: list[float] = []

    def hear(_method: str, _path: str) -> None:
        calls.append(time.monotonic())

    scene.gitlab.server.faults = hear
    started = time.monotonic()
    open_ledger_request(scene.demo, f"wake-{number}")

    async def called() -> bool:
        return bool(calls)

    await until(called, "the bot's first call")
    return calls[0] - started


async def rate(scene: Scene, count: int) -> float:
    """Merge requests with a note per second, all opened at once."""
    await scene.quiet()
    started = time.monotonic()
    requests = [open_ledger_request(scene.demo, f"many-{number}") for number in range(count)]

    async def all_have_notes() -> bool:
        return all(scene.notes(request) for request in requests)

    await until(all_have_notes, "a note on every merge request")
    return count / (time.monotonic() - started)


async def measure(count: int) -> tuple[float, float]:
    """Reviews per second, and the median wake-up."""
    with tempfile.TemporaryDirectory(prefix="scansion-reviews-") as folder:
        scene = await scene_with(f"sqlite://{folder}/scansion.db", Path(folder))
        scene.gitlab.world.later = lambda _run: None  # no pipelines: the review alone
        scene.gitlab.server.delay_s = ANSWER_S
        await scene.bot.start()
        try:
            await asyncio.sleep(WARM_S)
            wakes = [await wake_up(scene, number) for number in range(ROUNDS)]
            return await rate(scene, count), statistics.median(wakes)
        finally:
            await scene.bot.stop()
            await scene.gitlab.stop()


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    per_second, wake = asyncio.run(measure(parser.parse_args().count))
    load = os.getloadavg()[0]
    print(f"{per_second:.1f} reviews per second of one worker process; load average {load:.1f}")
    print(f"first call {wake * 1000:.0f} ms after the webhook was sent (median of {ROUNDS})")
    return int(wake > MOST_WAKE_S)


if __name__ == "__main__":
    sys.exit(main())
