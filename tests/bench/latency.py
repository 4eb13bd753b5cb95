"""From a webhook to the finished note: `python -m tests.bench.latency [--rounds N]`.

The bot runs in a process of its own on the embedded store, beside a simulated GitLab that takes 30 ms for each
answer; both sample projects get their merge request. The note is edited again whenever a pipeline of the fix-up
ends, which is shown too. Exit status 1 when the median time to the note of a project is above a second.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.shell.sandbox.demo_projects import Demo, open_ledger_request, open_metrum_request, seed
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import MergeRequest, Project
from tests.crash.process import SIGNING, Bot

ANSWER_S = 0.03
MOST_S = 1.0
QUIET_S = 1.5
WARM_S = 2.0  # a bot that has just been started loads its rules first
OPEN = {"ledger": open_ledger_request, "metrum": open_metrum_request}


async def first_and_last(demo: Demo, request: MergeRequest) -> tuple[float, float]:
    """When the bot's note was there, and when its last write was; both count from now."""
    started = time.monotonic()
    first, last, seen = 0.0, 0.0, ""
    while not first or time.monotonic() - started - last < QUIET_S:
        await asyncio.sleep(0.005)
        now = "".join(note.body for note in demo.gitlab.notes_of(request, demo.bot))
        if now != seen:
            seen, last = now, time.monotonic() - started
            first = first or last
    return first, last


async def measure(name: str, folder: Path) -> tuple[float, float]:
    """One merge request of one project, with a new bot."""
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.server.delay_s = ANSWER_S
        bot = Bot(gitlab.url, f"sqlite://{folder}/{time.monotonic_ns()}.db", folder / "bot.log")
        try:
            await bot.alive()
            await asyncio.sleep(WARM_S)
            project: Project = getattr(demo, name)
            gitlab.add_hook(project, f"{bot.address}/webhook", signing_token=SIGNING)
            return await first_and_last(demo, OPEN[name](demo))
        finally:
            bot.kill(restart=False)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    slow = False
    with tempfile.TemporaryDirectory(prefix="scansion-latency-") as folder:
        for name in OPEN:
            pairs = [asyncio.run(measure(name, Path(folder))) for _ in range(rounds)]
            first, last = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name}: note after {first:.2f} s, last edited after {last:.2f} s (medians of {rounds})")
            slow |= first > MOST_S
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
