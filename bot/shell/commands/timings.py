"""What installing with Poetry took, from saved logs of a job."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.core.diagnose import read_log
from bot.core.install_time import install_time, summary
from bot.core.snapshot import InstallTiming
from bot.shell.commands.diagnose import of_log
from bot.shell.output import Output


def timings_of(job: str, logs: Sequence[Path], output: Output) -> dict[str, InstallTiming]:
    """Measure the runs of a job; a log that does not tell is named."""
    times = [install_time(of_log(path, read_log)) for path in logs]
    for path, time in zip(logs, times, strict=True):
        if time is None:
            output.note(f"scansion: `{path}` does not tell what `poetry install` took")
    timing = summary([time for time in times if time is not None])
    return {job: timing} if timing else {}
