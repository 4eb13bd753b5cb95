"""What tools say, one short log a line: the cause that comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.core.diagnose import diagnose

FILES = sorted(Path(__file__).parent.glob("short_logs*.txt"))
LINES = [line for file in FILES for line in file.read_text(encoding="utf-8").splitlines()]
LOGS = [line.split("|", 1) for line in LINES if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("cause", "log"), LOGS, ids=[f"{cause}-{number}" for number, (cause, _) in enumerate(LOGS)]
)
def test_cause_comes_first(cause: str, log: str) -> None:
    report = diagnose([log.replace("\\n", "\n").encode()])
    assert [item.cause for item in report.diagnoses[:1]] == ([] if cause == "-" else [cause])
