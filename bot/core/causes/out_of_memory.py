"""The job ran out of memory and was killed.

What happened
-------------
The system ended a process that took more memory than the job's container has (exit code 137 is signal 9), or
the program itself could not get memory. Compilers on many cores, large test data and leaks are the usual
reasons.

What to do
----------
Use fewer processes at once (`make -j2`, `pytest -n 2`, `MAX_JOBS=1`, `POETRY_INSTALLER_MAX_WORKERS`), a runner
with more memory (`tags`, or a larger `KUBERNETES_MEMORY_LIMIT`), or a wheel instead of a build from source.

References
----------
- GitLab, Kubernetes executor, resources:
  https://docs.gitlab.com/runner/executors/kubernetes/#overwrite-container-resources

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.finding import Confidence
from bot.core.sign import ANYWHERE, SCRIPT_OR_TEST, TEST, Sign

LESS = "Use fewer processes at once, or a runner with more memory."
LOUD = ANYWHERE | TEST

CAUSE = Cause(
    id="out-of-memory",
    signs=(
        Sign(
            literal="Killed",
            pattern=(
                r"Killed signal terminated program (?P<name>[\w+.-]+)|Killed \(program (?P<program>[\w+.-]+)\)"
                r"|line \d+: +\d+ Killed +(?:(?:poetry|pipenv|pdm|uv|hatch) run |python3? -m )?"
                r"(?P<command>[\w+./-]+)"
            ),
            message=(
                "`{name}{program}{command}` was killed, most often because the job ran out of memory. " + LESS
            ),
            kind="command",
            subject="{name}{program}{command}",
        ),
        Sign(
            literal="Killed",
            pattern=r"^\s*Killed\s*$|line \d+: +\d+ Killed|\bKilled +(?:\"\$|\S+ )",
            message="A process was killed, most often because the job ran out of memory. " + LESS,
            kind="command",
            subject="{running}",
        ),
        Sign(
            literal=("OOMKilled", "Out of memory", "out of memory", "oom-kill"),
            pattern=r"OOMKilled|[Oo]ut of memory|oom-kill",
            message="The job ran out of memory. " + LESS,
            kind="command",
            subject="{running}",
            where=LOUD,
        ),
        Sign(
            literal="MemoryError",
            pattern=r"^(?:E\s+)?(?:numpy\S*)?MemoryError\b|_ArrayMemoryError",
            message="Python could not get more memory. " + LESS,
            kind="command",
            subject="{running}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=(
                "Cannot allocate memory",
                "virtual memory exhausted",
                "std::bad_alloc",
                "memory allocation of",
            ),
            pattern=(
                r"(?P<why>Cannot allocate memory|virtual memory exhausted|std::bad_alloc|memory allocation of)"
            ),
            message="A process could not get more memory ({why}). " + LESS,
            kind="command",
            subject="{running}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal=("signal 9", "SIGKILL", "exit status 137", "died with <Signals.SIGKILL"),
            pattern=r"(?:signal:? 9\b|SIGKILL|exit status 137)",
            message="A process was killed with signal 9, most often because the job ran out of memory. " + LESS,
            confidence=Confidence.MEDIUM,
            kind="command",
            subject="{running}",
        ),
        Sign(
            literal="exit code 137",
            message="The job was killed (exit code 137), most often because it ran out of memory. " + LESS,
            where=ANYWHERE,
            confidence=Confidence.MEDIUM,
            kind="command",
            subject="{running}",
        ),
    ),
    outranks=("test-failure", "incompatible-source", "no-matching-distribution"),
)
