"""The whole bot as one process, made to be killed: `python -m tests.crash.bot`, settings by the environment."""

from __future__ import annotations

import asyncio

from bot.shell import engine, housekeeping, service
from bot.shell.log import configure_log
from bot.shell.settings import load_settings


def main() -> None:
    engine.HEARTBEAT_S, engine.STALLED_AFTER_S, housekeeping.ROUND_S = 1, 6, 1
    settings = load_settings()
    configure_log(settings)
    asyncio.run(service.run_service(settings))


if __name__ == "__main__":
    main()
