"""From a webhook to the finished note, and what it costs: `python -m tests.bench.webhook_to_note [--rounds N]`.

The bot runs in a process of its own on the embedded store, beside a simulated GitLab that takes 30 ms for each
answer; both sample projects get merge requests. Counted are the requests of a review that writes its note and its
fix-up, and of one more review that finds everything as it should be. With `--pipelines` those of the fix-ups run,
and the note is edited again when they end. Exit status 1 when a note takes more than a second (median), or a
review without `--pipelines` takes more requests than wanted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.shell.sandbox.demo_projects import open_ledger_request, open_metrum_request
from bot.shell.sandbox.state import MergeRequest
from tests.e2e.beside_gitlab import Scene, scene_with

OPEN = {"ledger": open_ledger_request, "metrum": open_metrum_request}
WARM_UPS = 1
MOST_S = 1.0
MOST_WRITING, MOST_AGAIN = 20, 7
QUIET_S = 1.0


@dataclass(frozen=True)
class Round:
    """Seconds to the note and to its last edit; requests of the review and of one more."""

    first: float
    last: float
    wrote: int
    again: int


async def measure(options: argparse.Namespace, name: str) -> list[Round]:
    """One bot, one merge request after the other."""
    with tempfile.TemporaryDirectory(prefix="scansion-note-") as folder:
        scene = await scene_with(f"sqlite://{folder}/scansion.db", Path(folder))
        if not options.pipelines:
            scene.gitlab.world.later = lambda _run: None
        scene.gitlab.server.delay_s = options.delay
        await scene.bot.start()
        try:
            rounds = range(WARM_UPS + options.rounds)
            return [await one_round(scene, OPEN[name], f"round-{number}") for number in rounds][WARM_UPS:]
        finally:
            await scene.bot.stop()
            await scene.gitlab.stop()


async def one_round(scene: Scene, open_request: Callable[..., MergeRequest], branch: str) -> Round:
    """A merge request, watched until the bot is quiet; then a push that changes nothing for it."""
    before = len(scene.gitlab.server.requests)
    started = time.perf_counter()
    request = open_request(scene.demo, branch)
    first, last = await watch(scene, request, started)
    wrote = len(scene.gitlab.server.requests) - before
    scene.gitlab.push(request.source_project, branch, {"NOTES": branch}, "Note", scene.demo.mira)
    await scene.quiet(QUIET_S)
    return Round(first, last, wrote, len(scene.gitlab.server.requests) - before - wrote)


async def watch(scene: Scene, request: MergeRequest, started: float) -> tuple[float, float]:
    """When the note was there, and when its last write was."""
    first, last, seen = 0.0, 0.0, ""
    while not first or time.perf_counter() - started - last < QUIET_S or await busy(scene):
        await asyncio.sleep(0.002)
        now = "".join(note.body for note in scene.notes(request))
        if now != seen:
            seen, last = now, time.perf_counter() - started
            first = first or last
    return first, last


async def busy(scene: Scene) -> bool:
    """Whether the bot asks something while we look."""
    before = len(scene.gitlab.server.requests)
    await asyncio.sleep(QUIET_S / 2)
    return len(scene.gitlab.server.requests) != before


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--delay", type=float, default=0.03)
    parser.add_argument("--pipelines", action="store_true")
    options = parser.parse_args()
    wrong = False
    for name in OPEN:
        rounds = asyncio.run(measure(options, name))
        first, last = (statistics.median(getattr(entry, part) for entry in rounds) for part in ("first", "last"))
        wrote, again = (max(getattr(entry, part) for entry in rounds) for part in ("wrote", "again"))
        print(f"{name}: note after {first:.3f} s, last edited after {last:.3f} s (medians of {options.rounds});")
        print(f"  {wrote} requests with note and fix-up, {again} for a review that changes nothing (most)")
        wrong |= first > MOST_S or (not options.pipelines and (wrote > MOST_WRITING or again > MOST_AGAIN))
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
