"""One process of the bot, made to be killed: real receiver, queue and worker, and work that leaves a trace.

`python -m tests.crash.node serve|receive|work LEDGER SECONDS [quick]`, settings by the environment. Each
command's effect is written once however often it runs, as the bot's own work does on GitLab; LEDGER also
has every start and end.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from functools import partial

from bot.app.ports import Done, Work
from bot.shell import engine, housekeeping, service, wiring
from bot.shell.log import configure_log
from bot.shell.settings import load_settings

LEDGER = """
CREATE TABLE IF NOT EXISTS moment(number INTEGER, lane INTEGER, what TEXT, at REAL);
CREATE TABLE IF NOT EXISTS first_effect(position INTEGER PRIMARY KEY, number INTEGER UNIQUE, lane INTEGER);
"""


class NoForge:
    """This work asks GitLab nothing."""

    async def current_user(self) -> None:
        """Fine."""


def open_ledger(path: str) -> sqlite3.Connection:
    ledger = sqlite3.connect(path, timeout=30, isolation_level=None)
    ledger.execute("PRAGMA journal_mode=WAL")
    ledger.executescript(LEDGER)
    return ledger


async def act(ledger: sqlite3.Connection, seconds: float, payload, _services) -> Done:
    """Leave one effect, whatever happens in between."""
    number, lane = payload["note_id"], payload["iid"]

    def tell(what: str) -> None:
        ledger.execute("INSERT INTO moment VALUES (?, ?, ?, ?)", (number, lane, what, time.monotonic()))

    tell("start")
    await asyncio.sleep(seconds)
    ledger.execute("INSERT OR IGNORE INTO first_effect(number, lane) VALUES (?, ?)", (number, lane))
    await asyncio.sleep(seconds)
    tell("end")
    return Done()


def main() -> None:
    command, path, *rest = sys.argv[1:]
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
