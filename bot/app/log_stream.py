"""A job's log, read by a function of the core while it comes: in a thread, piece by piece, never held whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from typing import TypeVar

from bot.app.ports import Services

T = TypeVar("T")
_CHUNK_WAIT_S = 60.0


async def read_log(services: Services, project_id: int, job_id: int, reader: Callable[[Iterable[bytes]], T]) -> T:
    """Return what the reader makes of the log. Raises what the forge raises: NotFoundError where there is none."""
    stream = services.forge.trace(project_id, job_id)
    chunks = _in_thread(stream, asyncio.get_running_loop())
    try:
        return await asyncio.to_thread(reader, chunks)
    finally:
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()  # a log that was not read to its end holds a connection


def _in_thread(chunks: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    async def following() -> bytes | None:
        return await anext(chunks, None)

    while (chunk := asyncio.run_coroutine_threadsafe(following(), loop).result(_CHUNK_WAIT_S)) is not None:
        yield chunk
