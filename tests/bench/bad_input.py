"""100,000 bad requests: `python -m tests.bench.bad_input [--requests N]`.

Damaged real deliveries, and cases that schemathesis makes from `deploy/openapi.yaml`, against a receiver with the
embedded store. Exit status 1 on an answer that is not described, on growth of memory, or on a secret in the log.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.schemas import BaseSchema

from tests.mutations import damaged_request

ROOT = Path(__file__).parents[2]
DESCRIPTION = ROOT / "deploy/openapi.yaml"
TOKEN = "made-up-token"  # what the receiver of tests.bench.ingest knows
EXPECTED = frozenset({200, 202, 400, 401, 408, 413})
MOST_GROWTH_MB = 60


@dataclass(frozen=True, slots=True)
class Running:
    """A receiver in a process of its own."""

    port: int
    pid: int
    log: Path

    def memory_mb(self) -> float:
        """What it has in memory."""
        fields = Path(f"/proc/{self.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextlib.contextmanager
def receiver() -> Iterator[Running]:
    """Start one over an embedded store."""
    with tempfile.TemporaryDirectory(prefix="scansion-bad-input-") as folder:
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "tests.bench.ingest", "--serve", f"sqlite://{folder}/scansion.db"]
        with log.open("wb") as sink:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=sink, text=True, cwd=ROOT)
        try:
            yield Running(int(process.stdout.readline()), process.pid, log)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()


def send(connection: http.client.HTTPConnection, headers: dict[str, str], body: bytes) -> int:
    """Post one request with the right token; a header that HTTP itself forbids is left out."""
    connection.putrequest("POST", "/webhook")
    connection.putheader("X-Gitlab-Token", TOKEN)
    for name, value in headers.items():
        with contextlib.suppress(ValueError):
            connection.putheader(name, value.encode("utf-8", "surrogatepass"))
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def described_cases(schema: BaseSchema, address: str, *, examples: int) -> int:
    """Send what the description allows (and does not) and check the answers against it; how many were sent."""
    sent = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            nonlocal sent
            sent += 1
            if case.path == "/webhook" and sent % 4:
                case.headers = {**(case.headers or {}), "X-Gitlab-Token": TOKEN}
            case.call_and_validate(base_url=address, excluded_checks=EXCLUDED)

        check()
    return sent


# A receiver welcomes what it does not know, and refuses no method or header that its description lacks.
EXCLUDED = [
    check
    for check in schemathesis.checks.CHECKS.get_all()
    if check.__name__ in {"negative_data_rejection", "positive_data_acceptance", "unsupported_method"}
]


def damaged(running: Running, count: int, seed: int) -> Counter[int]:
    """Send damaged deliveries over one kept connection."""
    random, answers = Random(seed), Counter()
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    for _ in range(count):
        try:
            answers[send(connection, *damaged_request(random))] += 1
        except (http.client.HTTPException, ConnectionError):
            connection.close()
            answers[0] += 1
    connection.close()
    return answers


def main() -> int:
    """Send everything, print the answers, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--described", type=int, default=2_000)
    options = parser.parse_args()
    started = time.monotonic()
    with receiver() as running:
        answers = damaged(running, options.requests // 10, seed=0)
        before = running.memory_mb()
        answers += damaged(running, options.requests - options.requests // 10, seed=1)
        schema = schemathesis.openapi.from_path(DESCRIPTION)
        described = described_cases(schema, f"http://127.0.0.1:{running.port}", examples=options.described)
        growth = running.memory_mb() - before
        leaked = TOKEN in running.log.read_text(errors="replace")
    print(f"{sum(answers.values())} damaged: {dict(sorted(answers.items()))}; {described} described")
    print(f"memory grew by {growth:.0f} MB; secret in the log: {leaked}; {time.monotonic() - started:.0f} s")
    return int(bool(set(answers) - EXPECTED) or growth > MOST_GROWTH_MB or leaked)


if __name__ == "__main__":
    sys.exit(main())
