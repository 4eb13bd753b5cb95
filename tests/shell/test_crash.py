"""Processes that are killed at any moment lose nothing, repeat nothing and keep the order (short form).

The clocks of processes and of the database's server jump by hours meanwhile. The long form, with 200 kills, is
`python -m tests.bench.crash [--jumps]`.
"""

from __future__ import annotations

from pathlib import Path

from tests.crash.trial import Plan, Trial


async def test_nothing_is_lost_when_processes_are_killed_and_clocks_jump(store_url, tmp_path: Path) -> None:
    embedded = store_url.startswith("sqlite")
    plan = Plan(
        store_url=store_url,
        folder=tmp_path,
        roles=("serve",) if embedded else ("receive", "work", "work"),
        events=120,
        lanes=6,
        kills=5,
        jumps=True,
        pause_s=(0.8, 1.5),
        quick=True,
    )
    verdict = await Trial(plan).run()
    assert verdict.clean, f"{verdict}\n{(tmp_path / 'nodes.log').read_text()[-3000:]}"
    assert verdict.sent == 120
    assert verdict.kills == plan.kills
