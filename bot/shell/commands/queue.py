"""`scansion queue`: looks into the stored work and replays it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeVar

from rich.table import Table

from bot.shell.clock import SystemClock
from bot.shell.errors import UsageError
from bot.shell.output import Format, Output
from bot.shell.queue_admin import QueueAdmin, QueuedWork
from bot.shell.settings import load_settings
from bot.shell.store.database import StoreError
from bot.shell.store.store import open_store

T = TypeVar("T")


def list_work(output: Output, state: str | None) -> int:
    """Print the work in one state, or all that is still to do and the dead letters."""
    try:
        work = _asked(lambda admin: _wanted(admin, state))
    except ValueError as error:
        raise UsageError(str(error)) from error
    if output.format == Format.JSON:
        output.json({"version": 1, "work": [asdict(entry) for entry in work]})
        return 0
    table = Table("id", "state", "kind", "lane", "tries", "since", "last attempt", box=None, pad_edge=False)
    for entry in work:
        since = _time(entry.added_at)
        table.add_row(str(entry.id), entry.state, entry.kind, entry.lane, str(entry.tries), since, entry.remark)
    output.console.print(table if work else "Nothing is waiting.")
    return 0


async def _wanted(admin: QueueAdmin, state: str | None) -> list[QueuedWork]:
    if state:
        return await admin.list_work(state=state)
    return [*await admin.list_work(), *await admin.list_work(state="dead")]


def show(output: Output, work: int) -> int:
    """Print one piece of work with what its attempts ended in."""
    entry = _asked(lambda admin: admin.show(work))
    if entry is None:
        raise UsageError(f"there is no work {work} (done work is not kept)")
    if output.format == Format.JSON:
        output.json({"version": 1, "work": asdict(entry)})
        return 0
    for name, value in asdict(entry).items():
        output.line(f"{name:9} {_time(value) if name == 'added_at' else value}")
    return 0


def retry(output: Output, work: int) -> int:
    """Let a dead letter run again."""
    if not _asked(lambda admin: admin.retry(work)):
        raise UsageError(f"work {work} is no dead letter (see `scansion queue list`)")
    output.note(f"Work {work} waits again.")
    return 0


def discard(output: Output, work: int) -> int:
    """Drop waiting work or a dead letter."""
    if not _asked(lambda admin: admin.discard(work)):
        raise UsageError(f"work {work} is running, or not there")
    output.note(f"Work {work} is dropped.")
    return 0


def _asked(question: Callable[[QueueAdmin], Awaitable[T]]) -> T:
    async def ask() -> T:
        try:
            store = await open_store(load_settings().resolved_store_url, SystemClock(), exclusive=False)
        except StoreError as error:
            raise UsageError(str(error)) from error
        try:
            return await question(QueueAdmin(store))
        finally:
            await store.close()

    return asyncio.run(ask())


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
