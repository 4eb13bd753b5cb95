"""Typed calls from async code: requests run in threads of their own, answers are decoded by msgspec."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import msgspec

from bot.app.ports import FileSet, PermanentForgeError
from bot.shell.gitlab.client import PAGE_SIZE, Body, Client, Endpoint, Query, Reply
from bot.shell.gitlab.errors import not_understood
from bot.shell.gitlab.files import read_sets
from bot.shell.gitlab.tokens import Clients

T = TypeVar("T")
P = ParamSpec("P")
THREADS = 32
MAX_PAGES = 20
NOTHING_KEPT = 202


class Api:
    """Asks GitLab as whichever token a project has."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="gitlab")

    def close(self) -> None:
        """Close connections and threads."""
        self._clients.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def read(self, kind: type[T], endpoint: Endpoint, query: Query | None = None) -> T:
        """Return what a call shows."""
        return _decode((await self._run(self._call, endpoint, None, query)).body, kind, endpoint)

    async def send(self, kind: type[T], endpoint: Endpoint, body: Body) -> T:
        """Make or change something and return it."""
        reply = await self._run(self._call, endpoint, body)
        if reply.status == NOTHING_KEPT:
            raise PermanentForgeError("GitLab kept nothing of the comment: it took all of it for quick actions")
        return _decode(reply.body, kind, endpoint)

    async def do(self, endpoint: Endpoint, body: Body | None = None) -> None:
        """Make a call whose answer does not matter."""
        await self._run(self._call, endpoint, body)

    async def items(
        self, kind: type[T], endpoint: Endpoint, query: Query | None = None, *, most: int = MAX_PAGES
    ) -> list[T]:
        """Return a list, at most so many pages of it."""
        return await self._run(self._items, kind, endpoint, query or {}, most)

    async def items_of_all(self, kind: type[T], endpoint: Endpoint, query: Query) -> list[T]:
        """Return a list as every token sees it."""
        found = [await self._run(_pages, client, kind, endpoint, query) for client in self._clients.every()]
        return [item for items in found for item in items]

    async def file_sets(self, wanted: Sequence[FileSet]) -> list[dict[str, bytes]]:
        """Return several sets of files, in one request for each token that reads some."""
        return await self._run(self._file_sets, wanted)

    async def stream(self, endpoint: Endpoint) -> AsyncIterator[bytes]:
        """Yield an answer's bytes as they come."""
        chunks = (await self._run(self._client, endpoint)).stream(endpoint)
        try:
            while chunk := await self._run(_next, chunks):
                yield chunk
        finally:
            await self._run(chunks.close)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, lambda: function(*args, **kwargs))

    def _client(self, endpoint: Endpoint) -> Client:
        return self._clients.of(endpoint.ids[0] if endpoint.ids else "")

    def _call(self, endpoint: Endpoint, body: Body | None, query: Query | None = None) -> Reply:
        return self._client(endpoint).call(endpoint, query, body)

    def _items(self, kind: type[T], endpoint: Endpoint, query: Query, most: int) -> list[T]:
        return _pages(self._client(endpoint), kind, endpoint, query, most)

    def _file_sets(self, wanted: Sequence[FileSet]) -> list[dict[str, bytes]]:
        found: list[dict[str, bytes]] = [{} for _ in wanted]
        clients = [self._clients.of(part.project_path) for part in wanted]
        for client in dict.fromkeys(clients):
            numbers = [number for number, own in enumerate(clients) if own is client]
            for number, files in zip(numbers, read_sets(client, [wanted[n] for n in numbers]), strict=True):
                found[number] = files
        return found


def _next(chunks: Iterator[bytes]) -> bytes:
    return next(chunks, b"")


def _pages(client: Client, kind: type[T], endpoint: Endpoint, query: Query, most: int = MAX_PAGES) -> list[T]:
    pages = client.pages(endpoint, {"per_page": PAGE_SIZE, **query}, most)
    return [item for page in pages for item in _decode(page, list[kind], endpoint)]  # type: ignore[valid-type]


def _decode(body: bytes, kind: type[T], endpoint: Endpoint) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise not_understood(endpoint.operation, str(error)) from None
