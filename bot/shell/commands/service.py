"""`scansion serve` and `scansion work`."""

from __future__ import annotations

import asyncio
import sys

from bot.shell.log import configure_log
from bot.shell.service import run_service, run_worker
from bot.shell.settings import Settings, load_settings


def serve(*, workers: int | None, verbose: bool) -> int:
    """Receive webhooks and work on them until a signal."""
    settings = _ready(verbose=verbose)
    asyncio.run(run_service(settings, workers=workers))
    return 0


def work(*, workers: int | None, verbose: bool) -> int:
    """Work on what is stored until a signal."""
    settings = _ready(verbose=verbose)
    asyncio.run(run_worker(settings, workers=workers))
    return 0


def _ready(*, verbose: bool) -> Settings:
    settings = load_settings(**({"log_level": "debug"} if verbose else {}))
    configure_log(settings, sys.stderr)
    return settings
