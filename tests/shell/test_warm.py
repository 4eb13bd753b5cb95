"""The warm-up loads what a review needs, and disturbs nobody."""

from __future__ import annotations

import subprocess
import sys

import structlog

from bot.app.judge import Judge
from bot.shell.warm import warm_up

LOADED = """
import sys
from bot.app.judge import Judge
from bot.shell.warm import warm_up
warm_up(Judge())
print(*(name for name in sys.modules if name.startswith(("bot.core.rules.", "bot.core.causes."))))
"""


def test_rules_and_causes_are_loaded_by_it() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert "bot.core.rules.missing_system_package" in done.stdout
    assert "warm_up_failed" not in done.stdout + done.stderr


def test_fault_in_it_is_only_told() -> None:
    def broken(_snapshot, _policy):
        raise ValueError("a fault of ours")

    with structlog.testing.capture_logs() as told:
        warm_up(Judge(check=broken))
    assert [entry["event"] for entry in told] == ["warm_up_failed"]
