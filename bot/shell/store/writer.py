"""Writes many additions with one flush to the disk, without making any of them wait for a timer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.shell.store.database import Addition, Database

LARGEST_BATCH = 256


@dataclass(frozen=True, slots=True)
class _Waiting:
    addition: Addition
    written: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class GroupWriter:
    """What arrives while one batch is being written makes the next batch."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, addition: Addition) -> bool:
        """Return when it is on disk; False for a delivery that is known. Raises StoreError when it is not."""
        entry = _Waiting(addition)
        self._waiting.append(entry)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="group writer")
        return await entry.written

    async def _drain(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
            await self._write(batch)

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = await self._database.add([entry.addition for entry in batch])
        except Exception as error:  # noqa: BLE001 - each waiting caller gets it
            if len(batch) > 1:
                await self._write_one_by_one(batch)
            else:
                _fail(batch[0], error)
            return
        for entry, added in zip(batch, results, strict=True):
            if not entry.written.done():
                entry.written.set_result(added)

    async def _write_one_by_one(self, batch: Sequence[_Waiting]) -> None:
        """What one addition has wrong must not cost the others."""
        for entry in batch:
            await self._write([entry])


def _fail(entry: _Waiting, error: Exception) -> None:
    if not entry.written.done():
        entry.written.set_exception(error)
