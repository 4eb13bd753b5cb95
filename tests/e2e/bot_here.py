"""The whole bot, as `scansion serve` runs it, in the test's own process beside the simulated GitLab."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import structlog

from bot.shell.log import configure_log
from bot.shell.sandbox.demo_projects import BOT_TOKEN, Demo
from bot.shell.service import run_service
from bot.shell.settings import load_settings
from bot.shell.wiring import Parts
from tests.planted import SIGNING_TOKEN

PATIENCE_S = 60.0
QUIET_S = 0.2


@dataclass
class BotHere:
    """The running bot, and what it logged."""

    demo: Demo
    address: str
    parts: Parts
    log: StringIO

    async def rest(self) -> None:
        """Wait until every webhook is delivered and no work waits or runs."""
        webhooks = self.demo.gitlab.webhooks
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await webhooks.delivered()
                sent = len(webhooks.sent)
                await asyncio.sleep(QUIET_S)
                counts, _ = await self.parts.store.depth()
                waiting = counts.get("todo", 0) + counts.get("doing", 0)
                if not waiting and sent == len(webhooks.sent):
                    return


@contextlib.asynccontextmanager
async def bot_here(demo: Demo, folder: Path, **settings: object) -> AsyncIterator[BotHere]:
    """Run the bot until the block ends; its log is kept whole."""
    usual: dict[str, object] = {
        "gitlab_url": demo.gitlab.url,
        "gitlab_token": BOT_TOKEN,
        "webhook_signing_token": SIGNING_TOKEN,
        "store_url": f"sqlite://{folder / 'scansion.db'}",
        "host": "127.0.0.1",
        "port": 0,
        "log_format": "json",
        "sweep_interval_s": 0,
    }
    chosen = load_settings(**(usual | settings))
    stop = asyncio.Event()
    started: asyncio.Future[tuple[str, Parts]] = asyncio.get_running_loop().create_future()
    with _log_of(chosen) as log:
        ready = lambda address, parts: started.set_result((address, parts))  # noqa: E731 - the signature is `Ready`
        service = asyncio.create_task(run_service(chosen, ready=ready, stop=stop))
        await asyncio.wait([service, started], return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await service  # raises why it could not start
        try:
            yield BotHere(demo, *started.result(), log)
        finally:
            stop.set()
            await service


@contextlib.contextmanager
def _log_of(settings):
    root, log = logging.getLogger(), StringIO()
    handlers, level = list(root.handlers), root.level
    configure_log(settings, log)
    try:
        yield log
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
