"""Read many broken files: no crash, no hang, bounded memory.

    .venv/bin/python -m tests.bench.ci_fuzz [NUMBER] [SEED]     # 200000 by default, about half an hour

Each file is a configuration of the corpus (of the test suite, where the corpus is not there) with a few mutations.
Hostile files (bombs, deep nesting, 10 MB) come first. Every place in the answer must lie in the file. The exit
status is 1 where a file crashes or takes more than two seconds of processor time, or
where the process needs more than 300 MB.
"""

from __future__ import annotations

import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random

from bot.core.snapshot import DEFAULT_CI_PATH
from tests.bench.corpus import ci_configs
from tests.core.ci.mutations import hostile_files, mutate, read_anything
from tests.core.ci.test_hostile import SEED

MAX_SECONDS = 2.0
MAX_MEMORY = 300  # megabytes
KEPT = Path("/tmp/ci-fuzz-failure.yml")


def main(number: int, seed: int) -> int:
    """Run and print what came of the files."""
    random = Random(seed)
    seeds = [SEED.encode(), *((folder / DEFAULT_CI_PATH).read_bytes() for folder in ci_configs())]
    run = Run()
    for name, data in hostile_files().items():
        run.read(data, name)
    print(f"hostile files: slowest {run.slowest:.2f} s ({run.slowest_name}), {memory():.0f} MB", flush=True)
    for count in range(number):
        run.read(mutate(random.choice(seeds), random), f"mutation {count}")
        if count % 20_000 == 0:
            print(f"{count:,}: slowest {run.slowest:.2f} s, {memory():.0f} MB", flush=True)
    print(f"{number:,} mutated files: {dict(run.answers.most_common())}")
    print(f"{run.crashes} crashes, slowest {run.slowest:.2f} s ({run.slowest_name}), {memory():.0f} MB")
    return int(run.crashes > 0 or run.slowest > MAX_SECONDS or memory() > MAX_MEMORY)


class Run:
    """What came of the files so far."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.crashes = 0
        self.slowest = 0.0
        self.slowest_name = ""

    def read(self, data: bytes, name: str) -> None:
        """Read one file and time it."""
        start = time.process_time()
        try:
            self.answers[read_anything(data)] += 1
        except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
            self.crashes += 1
            KEPT.write_bytes(data)
            print(f"{name} crashed, kept in {KEPT}:\n{traceback.format_exc()}", flush=True)
        spent = time.process_time() - start
        if spent > self.slowest:
            self.slowest, self.slowest_name = spent, name


def memory() -> float:
    """Return the most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:3]]
    sys.exit(main(*(arguments + [200_000, 1][len(arguments) :])))
