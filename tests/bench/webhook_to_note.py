"""Seconds from a webhook to the finished note, and requests spent, with a GitLab that answers in 30 ms.

    .venv/bin/python -m tests.bench.webhook_to_note [--delay 0.03]

The bot runs as its own process, on loopback. The target of the design: under 1 s, at most 10 requests with a
note written, at most 6 when nothing is to be changed.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bot.shell.sandbox.demo_projects import open_ledger_request, open_metrum_request
from bot.shell.sandbox.state import MergeRequest
from tests.e2e.beside_gitlab import Scene, scene_with

WARM_UP = "warm-up"


async def measure(delay_s: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        scene = await scene_with(f"sqlite://{folder}/scansion.db", Path(folder))
        gitlab = scene.gitlab
        gitlab.world.later = lambda _run: None  # no pipelines: the review alone
        gitlab.server.delay_s = delay_s
        await scene.bot.start()
        try:
            for name, open_request in (
                (WARM_UP, lambda: open_ledger_request(scene.demo, "other-month")),
                ("shop/ledger", lambda: open_ledger_request(scene.demo)),
                ("shop/metrum", lambda: open_metrum_request(scene.demo)),
            ):
                await _one(scene, name, open_request)
        finally:
            await scene.bot.stop()
            await gitlab.stop()


async def _one(scene: Scene, name: str, open_request) -> None:
    before = len(scene.gitlab.server.requests)
    started = time.perf_counter()
    request: MergeRequest = open_request()
    while not scene.notes(request):  # noqa: ASYNC110 - watches another process
        await asyncio.sleep(0.002)
    passed = time.perf_counter() - started
    await scene.quiet()
    wrote = len(scene.gitlab.server.requests) - before
    again = await _again(scene, request)
    print(f"{name:12} note after {passed:.3f} s, {wrote} requests in all; reviewed again: {again} requests")


async def _again(scene: Scene, request: MergeRequest) -> int:
    """Requests of a review that finds everything as it should be."""
    before = len(scene.gitlab.server.requests)
    scene.gitlab.push(
        request.source_project, request.source_branch, {"NOTES": str(time.time())}, "Note", scene.demo.mira
    )
    await scene.quiet()
    return len(scene.gitlab.server.requests) - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.03)
    asyncio.run(measure(parser.parse_args().delay))


if __name__ == "__main__":
    main()
