"""How fast and with how much memory logs are read, beside ripgrep searching the same words.

    python tests/bench/trace_speed.py [--megabytes 100] [--hostile]

Makes logs in a temporary folder, measures each in a process of its own, prints a table. For the comparison ripgrep
(`rg`) must be on PATH.
"""

import argparse
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.core.cause import all_causes  # noqa: E402 - the path comes first
from bot.core.diagnose import diagnose  # noqa: E402

ESC = "\x1b"
ROUNDS = 5
CHUNK = 1 << 20
LINES = (
    "copying skyline/towers/tower_{n}.py -> build/lib.linux-x86_64-cpython-312/skyline/towers",
    "gcc -DNDEBUG -g -O3 -Wall -fPIC -I/usr/local/include/python3.12 -c src/sky_{n}.c -o build/sky_{n}.o",
    "src/sky_{n}.c:{n}:12: warning: unused variable 'height' [-Wunused-variable]",
    "  - Installing tower-{n} (1.{n}.0)",
    "  Downloading tower_{n}-1.0-py3-none-any.whl ({n} kB)",
    "tests/test_tower.py::test_height[{n}] PASSED",
    "adding 'skyline/data/{n}.json'",
    "DEBUG sky.net:{n} request /api/towers/{n} answered 200 in {n} ms",
)
BEGIN = (
    f"{ESC}[0KRunning with gitlab-runner 18.6.0 (00ff00ff){ESC}[0;m\n"
    f"section_start:1:step_script\r{ESC}[0K{ESC}[32;1m$ poetry install{ESC}[0;m\n"
)
FAILURE = (
    "    | src/sky.c:3:10: fatal error: sql.h: No such file or directory\n"
    "Note: This error originates from the build backend, and is likely not a problem with poetry but one of the"
    " following issues with pyodbc (5.1.0)\n"
)
END = f"section_end:2:step_script\r{ESC}[0K{ESC}[31;1mERROR: Job failed: exit code 1\n{ESC}[0;m\n"


def make_log(size: int) -> bytes:
    """A job's log of about that size which fails in its last command."""
    chance = random.Random(7)
    lines: list[str] = []
    made = 0
    while made < min(size, 4_000_000):
        line = chance.choice(LINES).format(n=chance.randrange(10_000))
        lines.append(line)
        made += len(line) + 1
    body = ("\n".join(lines) + "\n").encode()
    times = max(1, size // len(body))
    return BEGIN.encode() + body * times + FAILURE.encode() + END.encode()


def hostile_logs() -> dict[str, bytes]:
    """Logs made to cost much."""
    return {
        "a line of 10 MB": b"x" * 10_000_000,
        "a million sections": b"".join(b"section_start:1:s%d\r\x1b[0K\n" % number for number in range(1_000_000)),
        "escapes never closed": b"\x1b]0;" * 4_000_000,
        "a cause on every line": b"fatal error: x.h: No such file or directory\n" * 400_000,
        "only line ends": b"\n" * 16_000_000,
        "digits": b"=== test session starts ===\n" + b"1" * 10_000_000,
    }


def chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces."""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def measure(path: Path) -> None:
    """In a process of its own: best time of some rounds and peak memory, on standard output."""
    diagnose([BEGIN.encode() + FAILURE.encode() + END.encode()])
    times, processor = [], []
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), time.process_time()
        report = diagnose(chunks(path))
        times.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
    status = Path("/proc/self/status").read_text()  # ru_maxrss would count the parent's memory too
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    print(min(times), min(processor), peak, report.diagnoses[0].cause if report.diagnoses else report.verdict)


def measured(path: Path) -> tuple[float, float, float, str]:
    """The figures of a log: seconds, seconds of the processor, megabytes, what was said."""
    command = [sys.executable, __file__, "--measure", str(path)]
    seconds, processor, peak, said = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return float(seconds), float(processor), float(peak), said


def ripgrep(path: Path, folder: Path) -> tuple[float, float] | None:
    """The best times of ripgrep with the same words, None where it is not installed."""
    program = shutil.which("rg")
    if program is None:
        return None
    words = folder / "words"
    words.write_text("\n".join(sorted({word for cause in all_causes().values() for word in cause.words})) + "\n")
    times, processor = [], []
    for _ in range(ROUNDS):
        start, used = time.perf_counter(), children_s()
        subprocess.run([program, "-c", "-F", "-f", str(words), str(path)], check=False, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
        processor.append(children_s() - used)
    return min(times), min(processor)


def children_s() -> float:
    """The processor time of the processes that were waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = {"300 KB": make_log(300_000), f"{arguments.megabytes} MB": make_log(arguments.megabytes * 10**6)}
        for title, data in {**logs, **(hostile_logs() if arguments.hostile else {})}.items():
            path = folder / "job.log"
            path.write_bytes(data)
            seconds, processor, peak, said = measured(path)
            beside = ripgrep(path, folder) if title in logs else None
            ratio = (
                f"  {seconds / beside[0]:.1f} times ripgrep, processor {processor / beside[1]:.1f}"
                if beside
                else ""
            )
            print(
                f"{title:24} {seconds * 1000:8.1f} ms  {processor * 1000:8.1f} ms  {peak:5.1f} MB  {said}{ratio}"
            )


if __name__ == "__main__":
    main()
