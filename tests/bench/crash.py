"""200 kills during 2,000 events: `python -m tests.bench.crash [--store sqlite|postgresql] [--kills N] [--jumps]`.

On the embedded store one process receives and works; on PostgreSQL one receives and two work. With `--jumps` the
clocks of processes and of the database's server jump by up to four hours at every kill. Exit status 1 when
anything was lost, done twice, out of order, or not recovered within 30 seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.trial import Plan, Trial
from tests.postgres import new_database, postgres_server

MOST_RECOVERY_S = 30


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--jumps", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    """Run the trial and print what came of it."""
    options = arguments()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scansion-crash-")))
        embedded = options.store == "sqlite"
        url = f"sqlite://{folder}/scansion.db"
        if not embedded:
            url = new_database(stack.enter_context(postgres_server()).get_uri())
        plan = Plan(
            store_url=url,
            folder=folder,
            roles=("serve",) if embedded else ("receive", "work", "work"),
            events=options.events,
            lanes=40,
            kills=options.kills,
            jumps=options.jumps,
            pause_s=(0.2, 2.5) if embedded else (0.2, 1.2),
            seconds=0.05,
            seed=options.seed,
        )
        started = time.monotonic()
        verdict = asyncio.run(Trial(plan).run())
    print(f"{options.store}: {verdict} in {time.monotonic() - started:.0f} s")
    return 0 if verdict.clean and verdict.recovered_s <= MOST_RECOVERY_S else 1


if __name__ == "__main__":
    sys.exit(main())
