"""How fast the corpus is read, in one process, beside `gitlab-ci-local --preview` for each file.

    .venv/bin/python -m tests.bench.ci_speed

All times are processor time, ours and the judge's. The judge is found as in preview_judge; without it only our own
times are printed. The exit status is 1 where we are less than five times faster, or where the worst file that is
accepted takes more than two seconds.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bot.core.ci.reader import ci_error, read_pipeline
from bot.core.snapshot import DEFAULT_CI_PATH, Snapshot
from bot.core.source import SourceFile
from tests.bench.corpus import ci_configs, read_folder
from tests.bench.preview_judge import find_program, prepare, run_preview

WANTED_RATIO = 5
WANTED_WORST = 2.0
ROUNDS = 5


def measure(action: Callable[[], object]) -> float:
    """Return the seconds of processor time that an action takes: others may use the machine too."""
    start = time.process_time()
    action()
    return time.process_time() - start


def worst_files() -> dict[str, str]:
    """Return files that are accepted and made to be slow, each near one of the limits."""
    lines = "".join(f"    - echo {number}\n" for number in range(45_000))
    jobs = "".join(f"job{number}:\n  extends: .base\n  script: [pytest]\n" for number in range(7_000))
    rules = "  rules:\n" + "".join(f"    - if: $CI_COMMIT_BRANCH =~ /^x{n}/ && $X\n" for n in range(20))
    many_rules = "".join(f"job{number}:\n  script: [a]\n{rules}" for number in range(450))
    condition = " && ".join(f"$CI_COMMIT_BRANCH != 'x{n}'" for n in range(24))
    long_conditions = "".join(
        f"job{number}:\n  script: [a]\n  variables: {{CI_COMMIT_BRANCH: a}}\n  rules:\n"
        + f"    - if: {condition} && $A == '{number}'\n" * 45
        for number in range(45)
    )
    wide = "".join(f"  k{number}: v\n" for number in range(400))
    templates = "".join(f"j{number}: {{extends: .t, script: [a]}}\n" for number in range(1_000))
    merges = "".join(f"j{number}: {{<<: *t, script: [a]}}\n" for number in range(200))
    text = "x" * 1_900_000
    return {
        "one script of 45,000 lines": f"test:\n  script:\n{lines}",
        "7,000 jobs with one template": f".base: {{image: x, variables: {{A: b}}}}\n{jobs}",
        "450 jobs with 20 rules each": many_rules,
        "45 jobs with long conditions of their own": long_conditions,
        "one job with 12,000 rules": "test:\n  script: [a]\n  rules:\n" + "    - if: $A\n" * 12_000,
        "1,000 jobs that extend 400 keywords": f".t:\n{wide}{templates}",
        "200 jobs that merge 400 keywords": f".t: &t\n{wide}{merges}",
        "one block scalar of 1.9 MB": f"test:\n  script:\n    - |\n      {text}\n",
        "one folded text of 1.9 MB": "test:\n  script:\n    - >\n" + "      word\n" * 170_000,
    }


def main() -> int:
    """Measure and print."""
    snapshots = {folder.name: read_folder(folder) for folder in ci_configs()}
    ours = [
        statistics.median(measure(lambda held=snapshot: use(held)) for _ in range(ROUNDS))
        for snapshot in snapshots.values()
    ]
    lines = sum(snapshot.files[DEFAULT_CI_PATH].lines.line_count for snapshot in snapshots.values())
    print(f"ours: {len(ours)} configurations ({lines:,} lines) in {sum(ours):.3f} s, ", end="")
    print(f"median {statistics.median(ours) * 1000:.1f} ms, slowest {max(ours) * 1000:.0f} ms")
    good = _beside_the_judge(snapshots, dict(zip(snapshots, ours, strict=True)))
    return 0 if _worst() and good else 1


def use(snapshot: Snapshot) -> None:
    """Read a pipeline and look at everything that is worked out late, but the commands."""
    pipeline = read_pipeline(replace(snapshot))  # a new one: what was read of a snapshot is kept with it
    for job in pipeline.jobs if pipeline else ():
        _ = (len(job.data), len(job.origins), [len(line.offsets) for line in job.script])


def _beside_the_judge(snapshots: dict[str, Snapshot], ours: dict[str, float]) -> bool:
    program = find_program()
    if program is None:
        print("gitlab-ci-local was not found: no comparison")
        return True
    ratios, times = [], []
    for name, snapshot in snapshots.items():
        with tempfile.TemporaryDirectory() as scratch:
            prepare(snapshot, Path(scratch))
            start = os.times()
            done = run_preview(program, Path(scratch))
            end = os.times()
            spent = end.children_user + end.children_system - start.children_user - start.children_system
        if done.returncode == 0:
            times.append(spent)
            ratios.append(spent / ours[name])
    print(f"gitlab-ci-local: {len(times)} of them, median {statistics.median(times) * 1000:.0f} ms a file")
    print(f"ratio: median {statistics.median(ratios):.0f}, smallest {min(ratios):.0f}")
    return min(ratios) >= WANTED_RATIO


def _worst() -> bool:
    slowest = 0.0
    for name, text in worst_files().items():
        snapshot = Snapshot(files={DEFAULT_CI_PATH: SourceFile(DEFAULT_CI_PATH, text)})
        refused = ci_error(snapshot)
        spent = measure(lambda held=snapshot: use(held))
        print(f"  {name} ({len(text):,} characters): {spent:.2f} s{' (refused)' if refused else ''}")
        slowest = max(slowest, spent)
    print(f"slowest of the worst files: {slowest:.2f} s")
    return slowest <= WANTED_WORST


if __name__ == "__main__":
    sys.exit(main())
