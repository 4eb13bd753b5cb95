"""No space was left on the disk.

What happened
-------------
A disk or quota of the runner is full: the build folder, Docker's own storage, or a small `/tmp` in memory. Old
images and caches fill a runner's disk over time.

What to do
----------
Those who run the runner free space (`docker system prune`, old caches). In the job: smaller dependencies (CPU
builds of large libraries), `pip --no-cache-dir`, and `TMPDIR: $CI_PROJECT_DIR/.tmp` where only `/tmp` is small.

References
----------
- GitLab Runner, clear the Docker cache: https://docs.gitlab.com/runner/executors/docker/#clear-the-docker-cache

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import ANYWHERE, TEST, Sign

CAUSE = Cause(
    id="disk-full",
    signs=(
        Sign(
            literal=("No space left on device", "no space left on device"),
            pattern=(
                r"(?:write|open|mkdir|create|copy|extract\w*) (?P<path>/\S+): [Nn]o space|device: '(?P<at>/[^']+)'"
            ),
            message=(
                "No space is left on the runner's disk for `{path}{at}`. Free some, or use less: "
                "`--no-cache-dir`, or `TMPDIR` inside the project where only `/tmp` is small."
            ),
            kind="file",
            subject="{path}{at}",
            where=ANYWHERE | TEST,
        ),
        Sign(
            literal=("No space left on device", "no space left on device"),
            message=(
                "No space is left on the runner's disk. Free some, or use less: `--no-cache-dir`, or `TMPDIR` "
                "inside the project where only `/tmp` is small."
            ),
            kind="command",
            subject="{running}",
            where=ANYWHERE | TEST,
        ),
        Sign(
            literal=("Disk quota exceeded", "enough free space in", "disk quota exceeded"),
            message="The disk quota of the job is used up. Free space on the runner, or use less.",
            kind="command",
            subject="{running}",
            where=ANYWHERE | TEST,
        ),
    ),
    outranks=(
        "test-failure",
        "incompatible-source",
        "no-matching-distribution",
        "image-pull",
        "runner-failure",
        "missing-system-package",
        "cache-corrupt",
    ),
    infrastructure=True,
)
