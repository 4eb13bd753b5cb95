"""Loads rules, causes and tables before a webhook needs them: the first one would wait half a second for them."""

from __future__ import annotations

import structlog

from bot.app.judge import Judge
from bot.core.baseline import Baseline
from bot.core.policy import Policy
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

log = structlog.get_logger()

CI = b"image: python:3.12-slim\ntest:\n  script:\n    - pip install poetry\n    - poetry install\n    - pytest\n"
PROJECT = b'[project]\nname = "warm"\nversion = "1.0.0"\nrequires-python = ">=3.12"\n'
LOCK = b'[[package]]\nname = "psycopg2"\nversion = "2.9.10"\nfiles = []\n'
TRACE = b"$ poetry install\nError: pg_config executable not found.\nERROR: Job failed: exit code 1\n"


def warm_up(judge: Judge) -> None:
    """Judge a small made-up project once. Whatever goes wrong here will be told when it matters."""
    files = {".gitlab-ci.yml": CI, "pyproject.toml": PROJECT, "poetry.lock": LOCK}
    sources = {path: SourceFile.from_bytes(path, content) for path, content in files.items()}
    snapshot = Snapshot(files=sources, paths=frozenset(files))
    try:
        judge.check(snapshot, Policy())
        judge.diagnose([TRACE], snapshot, "test", Baseline())
    except Exception:
        log.exception("warm_up_failed")
