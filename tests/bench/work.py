"""How work scales, and what idling costs: `python -m tests.bench.work [--items N]`.

Work that waits for GitLab as a review does (six answers of 30 ms), on PostgreSQL, done by one worker process
and by two; then the processor time of an idle worker on each store. Exit status 1 below 1.8 times, or above
1 % idle.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.app.ports import WorkItem
from bot.shell.clock import SystemClock
from bot.shell.store.store import open_store
from tests.bench.processes import processor_s
from tests.crash.node import open_ledger
from tests.postgres import new_database, postgres_server

ROOT = Path(__file__).parents[2]
ANSWERS_S = 6 * 0.03
WANTED_GAIN = 1.8
MOST_IDLE = 0.01
IDLE_S = 20


@contextmanager
def workers(count: int, url: str, ledger: Path) -> Iterator[list[subprocess.Popen]]:
    """Worker processes over a store."""
    command = [sys.executable, "-m", "tests.crash.node", "work", str(ledger), str(ANSWERS_S / 2)]
    environment = {**os.environ, "SCANSION_STORE_URL": url, "SCANSION_SWEEP_INTERVAL_S": "0"}
    started = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) for _ in range(count)
    ]
    try:
        yield started
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


async def fill(url: str, items: int) -> None:
    """Put work into many lanes."""
    store = await open_store(url, SystemClock())
    work = [
        WorkItem(kind="command", lane=f"mr:1:{n}", payload={"note_id": n, "iid": n}) for n in range(1, items + 1)
    ]
    await store.add(None, work)
    await store.close()


def rate(count: int, url: str, folder: Path, items: int) -> float:
    """Work per second, from the first piece that was begun to the last that ended."""
    path = folder / f"{count}.db"
    ledger = open_ledger(str(path))
    asyncio.run(fill(url, items))
    with workers(count, url, path):
        while ledger.execute("SELECT count(*) FROM moment WHERE what = 'end'").fetchone()[0] < items:
            time.sleep(0.05)
    first, last = ledger.execute("SELECT min(at), max(at) FROM moment").fetchone()
    ledger.close()
    return items / (last - first)


def idle_share(url: str, folder: Path) -> float:
    """Processor time of an idle worker, as a share of one processor."""
    with workers(1, url, folder / "idle.db") as (process,):
        time.sleep(8)
        before = processor_s(process.pid)
        time.sleep(IDLE_S)
        return (processor_s(process.pid) - before) / IDLE_S


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=800)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scansion-work-") as name, postgres_server() as server:
        folder, base = Path(name), server.get_uri()
        one = rate(1, new_database(base), folder, options.items)
        two = rate(2, new_database(base), folder, options.items)
        print(f"one worker {one:.1f}/s, two {two:.1f}/s: {two / one:.2f} times")
        idle = {
            "sqlite": idle_share(f"sqlite://{folder}/idle-store.db", folder),
            "postgresql": idle_share(new_database(base), folder),
        }
    print(", ".join(f"idle on {store}: {share:.2%}" for store, share in idle.items()))
    return int(two / one < WANTED_GAIN or max(idle.values()) > MOST_IDLE)


if __name__ == "__main__":
    sys.exit(main())
