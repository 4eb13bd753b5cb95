"""A store of each kind: the embedded one and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.shell.store.store import Store, open_store
from tests.postgres import new_database, postgres_server
from tests.shell.clocks import SystemClock


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process."""
    with postgres_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path) -> str:
    """The address of an empty store."""
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/scansion.db"
    return new_database(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(store_url) -> AsyncIterator[Store]:
    opened = await open_store(store_url, SystemClock())
    yield opened
    await opened.close()


@pytest.fixture
async def postgres_store(postgres_url) -> AsyncIterator[Store]:
    opened = await open_store(new_database(postgres_url), SystemClock())
    yield opened
    await opened.close()
