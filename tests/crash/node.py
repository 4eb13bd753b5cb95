"""One process of the bot, made to be killed: real receiver, queue and worker, and work that leaves a trace.

`python -m tests.crash.node serve|receive|work LEDGER SECONDS [quick]`, settings by the environment. Each
command's effect is written once however often it runs, as the bot's own work does on GitLab; LEDGER also
has every start and end. Each fourth fails at first as a GitLab does that is busy. At SIGUSR1 the process's clock
jumps by hours.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import signal
import sqlite3
import sys
import time
from functools import partial

import procrastinate.utils

from bot.app.ports import Done, Retry, Work
from bot.shell import engine, housekeeping, service, wiring
from bot.shell.log import configure_log
from bot.shell.settings import load_settings

LEDGER = """
CREATE TABLE IF NOT EXISTS moment(number INTEGER, lane INTEGER, what TEXT, at REAL);
CREATE TABLE IF NOT EXISTS first_effect(position INTEGER PRIMARY KEY, number INTEGER UNIQUE, lane INTEGER);
"""


FAILS_AT_FIRST = 4
RETRY_S = 1.0
FARTHEST_JUMP_S = 4 * 3600


class NoForge:
    """This work asks GitLab nothing."""

    async def current_user(self) -> None:
        """Fine."""


def open_ledger(path: str) -> sqlite3.Connection:
    ledger = sqlite3.connect(path, timeout=30, isolation_level=None)
    ledger.execute("PRAGMA journal_mode=WAL")
    ledger.executescript(LEDGER)
    return ledger


def let_clock_jump() -> None:
    """The hour of this process from now on depends on SIGUSR1; how time passes does not."""
    real, lead = time.time, 0.0

    def jump(*_: object) -> None:
        nonlocal lead
        lead = random.uniform(-FARTHEST_JUMP_S, FARTHEST_JUMP_S)

    time.time = lambda: real() + lead
    procrastinate.utils.utcnow = lambda: dt.datetime.fromtimestamp(time.time(), dt.UTC)
    signal.signal(signal.SIGUSR1, jump)


async def act(ledger: sqlite3.Connection, seconds: float, payload, _services) -> Done | Retry:
    """Leave one effect, whatever happens in between."""
    number, lane = payload["note_id"], payload["iid"]

    def tell(what: str) -> None:
        ledger.execute("INSERT INTO moment VALUES (?, ?, ?, ?)", (number, lane, what, time.monotonic()))

    first = not ledger.execute("SELECT 1 FROM moment WHERE number = ?", (number,)).fetchone()
    tell("start")
    await asyncio.sleep(seconds)
    if first and number % FAILS_AT_FIRST == 0:
        return Retry("GitLab is busy", RETRY_S)
    ledger.execute("INSERT OR IGNORE INTO first_effect(number, lane) VALUES (?, ?)", (number, lane))
    await asyncio.sleep(seconds)
    tell("end")
    return Done()


def main() -> None:
    command, path, *rest = sys.argv[1:]
    let_clock_jump()
    seconds = float(rest[0]) if rest else 0.005
    if len(rest) > 1:  # quick recovery for the test suite; the benchmark keeps the real figures
        engine.HEARTBEAT_S, engine.STALLED_AFTER_S, housekeeping.ROUND_S = 0.5, 2, 0.5
    settings = load_settings()
    configure_log(settings)
    kinds = {"command": Work("command", partial(act, open_ledger(path), seconds))}
    wiring.load = lambda *_: kinds
    run = service.run_worker if command == "work" else service.run_service
    asyncio.run(run(settings, workers=0 if command == "receive" else 8, forge=NoForge()))


if __name__ == "__main__":
    main()
