"""The long-running commands: receive and work (`scansion serve`), or work alone (`scansion work`)."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from bot.app.ports import Forge
from bot.core.cause import all_causes
from bot.core.rule import all_rules
from bot.shell.settings import Settings, require_forge, require_receiver
from bot.shell.watchdog import watched
from bot.shell.wiring import Parts, do_work, listening, open_parts, watchable

log = structlog.get_logger()

THREADS = 32  # the default is six on two cores, and most of ours wait for GitLab

Ready = Callable[[str, Parts], None]


def _say_nothing(_address: str, _parts: Parts) -> None:
    """Nobody wants to know."""


async def run_service(
    settings: Settings,
    *,
    workers: int | None = None,
    forge: Forge | None = None,
    ready: Ready = _say_nothing,
    stop: asyncio.Event | None = None,
) -> None:
    """Receive webhooks and, unless ``workers`` is 0, do the work, until ``stop`` or a signal.

    ``ready`` hears the address and the parts as soon as deliveries are taken. Raises UsageError for
    settings that do not do.
    """
    require_receiver(settings)
    count = settings.workers if workers is None else workers
    if forge is None:
        require_forge(settings)
    async with _running(settings, forge, stop) as (parts, ending), listening(parts) as address:
        log.info("service_ready", address=address, workers=count)
        ready(address, parts)
        if count:
            await do_work(parts, ending, concurrency=count)
        await ending.wait()


async def run_worker(
    settings: Settings,
    *,
    workers: int | None = None,
    forge: Forge | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Do the work until ``stop`` or a signal."""
    if forge is None:
        require_forge(settings)
    async with _running(settings, forge, stop) as (parts, ending), watchable(parts) as address:
        log.info("worker_ready", metrics=address or None)
        await do_work(parts, ending, concurrency=workers or settings.workers or 1)


@contextlib.asynccontextmanager
async def _running(
    settings: Settings, forge: Forge | None, stop: asyncio.Event | None
) -> AsyncIterator[tuple[Parts, asyncio.Event]]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, "scansion"))
    await asyncio.to_thread(_load_knowledge)
    async with open_parts(settings, forge=forge) as parts, watched():
        ending = stop or _stop_at_signal(loop)
        yield parts, ending
        log.info("service_ends")


def _load_knowledge() -> None:
    """Import every rule and cause now: a broken one stops the start, and the first event does not wait for it."""
    all_rules()
    all_causes()


def _stop_at_signal(loop: asyncio.AbstractEventLoop) -> asyncio.Event:
    ending = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    return ending
