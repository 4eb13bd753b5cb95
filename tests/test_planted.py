"""The search for planted secrets can fail: a leak by each way out is found, also by a worker of xdist."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEAKS = """
import logging, sqlite3, subprocess, sys
from bot.core.webhook import HookSecrets
from bot.shell.log import configure_log
from bot.shell.metrics import Metrics
from bot.shell.receiver import Receiver, Rules
from bot.shell.settings import Settings
from bot.shell.web import Web
from tests.fakes import FakeClock, FakeForge, FakeQueue
from tests.worlds import world

def test_line_of_the_log(capsys):
    configure_log(Settings(log_format="json"), sys.stderr)
    logging.getLogger("x").error("it has made-up-token-1")
    logging.getLogger().handlers.clear()

def test_print():
    print("it has made-up-token-1")

def test_print_of_a_command():
    subprocess.run([sys.executable, "-c", "print('it has MadeUpToken1')"], capture_output=True)

def test_log_of_a_process(tmp_path):
    with (tmp_path / "process.log").open("w") as log:
        subprocess.run([sys.executable, "-c", "print('it has MadeUpToken1')"], stdout=log)

def test_row_of_a_store(tmp_path):
    with sqlite3.connect(tmp_path / "leaky.db") as db:
        db.execute("CREATE TABLE kept AS SELECT 'it has made-up-token-1'")
    db.close()

async def test_comment_on_the_fake():
    await FakeForge().award(1, 1, 1, "made-up-token-1")

async def test_comment_over_http(world):
    world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")
    note = {"body": "it has made-up-token-1"}
    await world.ask("POST", "/projects/:id/merge_requests/1/notes", json=note)

async def test_answer(aiohttp_client):
    async def probe():
        pass
    rules = Rules(secrets=HookSecrets("made-up-token"), max_age_s=300, max_bytes=100)
    receiver, metrics = Receiver(FakeQueue(), FakeClock(), rules), Metrics()
    metrics.work.labels("it has made-up-token-1", "done").inc()
    client = await aiohttp_client(Web(receiver, metrics, probe, read_timeout_s=1).application(100))
    await client.get("/metrics")
"""
LEAK_OF_A_SERVER = """
import psycopg
from tests.postgres import new_database, postgres_server

def test_row():
    with postgres_server() as server, psycopg.connect(new_database(server.get_uri())) as database:
        database.execute("CREATE TABLE kept AS SELECT 'it has made-up-token-1'::text")
        database.execute("DROP TABLE kept")
"""
QUIET = """
def test_nothing(tmp_path):
    print("nothing to hide")
    (tmp_path / "process.log").write_text("nothing to hide")
"""
OPTIONS = ("-q", "-p", "tests.planted", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "-c", os.devnull)
TESTS = [line.split("(")[0].split()[-1] for line in LEAKS.splitlines() if "def test_" in line]
FILES = ["process.log", "leaky.db"]
IN_FILES = {"test_log_of_a_process", "test_row_of_a_store"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that the search of this session does not see."""
    with TemporaryDirectory(prefix="scansion-planted-") as name:
        yield Path(name)


def session(folder: Path, tests: str, *options: str) -> tuple[int, str]:
    """Run tests in a session of their own; its exit status and what it says."""
    (folder / "test_them.py").write_text(tests)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    command = [
        sys.executable,
        "-m",
        "pytest",
        *OPTIONS,
        "--rootdir",
        folder,
        "--basetemp",
        folder / "base",
        *options,
    ]
    with (folder / "said").open("w+") as said:
        status = subprocess.call(
            [*command, folder / "test_them.py"],
            cwd=ROOT,
            env=environment | {"PYTHONPATH": str(ROOT)},
            stdout=said,
            stderr=said,
        )
        said.seek(0)
        return status, said.read()


@pytest.mark.parametrize("workers", ["0", "2"])
def test_session_with_leaks_fails_and_names_each(folder, workers):
    status, said = session(folder, LEAKS, "-n", workers)
    told = [line for line in said.splitlines() if line.startswith("a planted secret is in")]
    assert status == 1, said
    assert f"{len(TESTS)} passed" in said
    assert [
        name for name in TESTS if name not in IN_FILES and not any(f"::{name} " in line for line in told)
    ] == []
    assert [name for name in FILES if not any(name in line for line in told)] == []


def test_session_that_leaks_into_postgresql_fails(folder):
    status, said = session(folder, LEAK_OF_A_SERVER)
    assert "1 passed" in said
    assert status == 1, said
    assert "a planted secret is in: store" in said


def test_session_without_a_leak_passes_and_says_what_was_searched(folder):
    status, said = session(folder, QUIET)
    assert status == 0, said
    assert "searched for planted secrets, in characters:" in said
    assert "a planted secret is in" not in said
