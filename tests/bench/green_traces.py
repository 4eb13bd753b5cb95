"""Green jobs, really run, with all the warnings that they give: each must be `succeeded` and nothing else.

    python tests/bench/green_traces.py [--keep FOLDER]

Runs small scripts as a runner would (`bash -eo pipefail`, each command echoed, sections, a closing line), with the
Poetry, pip, pytest, ruff and mypy beside this Python, in a temporary folder. The second figure asks more than is
promised: the logs without their closing lines, of which none should be explained with certainty either.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bot.core.diagnose import diagnose  # noqa: E402 - the path comes first
from bot.core.diagnosis import Verdict  # noqa: E402
from bot.core.finding import Confidence  # noqa: E402

ESC = "\x1b"
LIMIT_S = 180
PROJECT = """\
[tool.poetry]
name = "orchard"
version = "0.1.0"
description = ""
authors = ["A <a@fruit.example>"]
readme = "README.md"

[tool.poetry.dependencies]
python = ">=3.9"

[tool.poetry.dev-dependencies]
"""
MODULE = '"""Trees."""\n\n\ndef plant(count: int) -> int:\n    """Plant trees."""\n    return count\n'
TESTS = """
import logging
import subprocess
import sys
import warnings

import pytest

from orchard import plant


def test_error_401_unauthorized_is_reported():
    logging.getLogger("http").error("HTTP Error 401: Unauthorized for url: https://git.example.com")
    assert plant(1) == 1


def test_fatal_error_python_h_no_such_file_or_directory():
    print("fatal error: Python.h: No such file or directory")
    warnings.warn("No module named 'lxml', falling back", stacklevel=1)


@pytest.mark.parametrize("text", ["Killed", "No space left on device", "version solving failed"])
def test_words(text, capsys):
    print(text, file=sys.stderr)
    logging.getLogger("disk").critical(text)


@pytest.mark.xfail(reason="ModuleNotFoundError: No module named 'distutils'")
def test_expected_failure():
    raise ModuleNotFoundError("No module named 'distutils'")


def test_missing_program():
    with pytest.raises(FileNotFoundError):
        subprocess.run(["no-such-program"], check=True)
"""
BROKEN_SETUP = "import sys\nsys.exit('Error: pg_config executable not found.')\n"


@dataclass(frozen=True)
class Job:
    """A script whose commands all end well."""

    name: str
    commands: tuple[str, ...]


def jobs() -> Iterator[Job]:
    """Every job: scripts with each of their variants."""
    for flags in ("", " -v", " -vv", " -n", " --ansi"):
        yield Job(f"install{flags}", (f"poetry{flags} install --no-root",))
        yield Job(f"install-sync{flags}", (f"poetry{flags} install --sync --no-root", "poetry env info || true"))
        yield Job(f"check{flags}", (f"poetry{flags} check",))
        yield Job(f"build{flags}", (f"poetry{flags} build", "ls dist"))
        yield Job(
            f"stale-lock{flags}",
            ("poetry lock", "echo '# later' >> pyproject.toml", f"poetry{flags} install --no-root"),
        )
    reports = (
        "-q",
        "-v",
        "-rA",
        "-o log_cli=true",
        "-vv -s",
        "-rA --color=yes",
        "-p no:warnings -v",
        "-k words",
    )
    for options in reports:
        yield Job(f"pytest {options}", (f"PYTHONPATH=. python -m pytest -p no:cacheprovider {options}",))
        yield Job(f"pytest-then-echo {options}", (f"PYTHONPATH=. python -m pytest {options}", "echo done"))
    for guard, quiet in itertools.product(
        ("|| true", "|| echo 'no driver, using sqlite'", "2>/dev/null || :"), ("", "-q", "-v")
    ):
        yield Job(
            f"optional-build {guard} {quiet}",
            (f"python -m pip install {quiet} --no-index ./broken {guard}", "echo ok"),
        )
        yield Job(f"optional-tool {guard} {quiet}", (f"no-such-tool {quiet} {guard}", "echo ok"))
        yield Job(
            f"optional-file {guard} {quiet}",
            (f"cat missing.txt {quiet} {guard}", f"rm dist/*.whl {guard}", "echo ok"),
        )
    yield from tools()


def tools() -> Iterator[Job]:
    """Linters, loud words, and Poetry's smaller commands."""
    for tool in (
        "ruff check orchard",
        "ruff format --check orchard",
        "mypy orchard",
        "ruff check --statistics orchard",
    ):
        yield Job(tool, (tool,))
        yield Job(f"allowed {tool}", (f"cp tests_words.py orchard/words.py; {tool} || true", "echo ok"))
    for text in (
        "HTTP Error 400: File already exists",
        "poetry: command not found",
        "ERROR: Job failed: exit code 1",
    ):
        yield Job(f"echo {text}", (f"echo '{text}'", f"echo '{text}' >&2; echo ok"))
        yield Job(f"log {text}", (f"echo '{text}' > CHANGELOG", "cat CHANGELOG", "echo ok"))
    for options in ("", "-v", "--format json", "--quiet"):
        yield Job(f"pip-list {options}", (f"python -m pip list {options}", "echo ok"))
    for version in ("1.2.3", "v2.0.0", "2024.01.05", "1.0.0rc1", "patch", "minor", "major", "prerelease"):
        yield Job(f"version {version}", (f"poetry version {version}", "poetry version -s"))
    for command in ("about", "env list", "list", "cache list", "source show", "help install"):
        yield Job(f"poetry {command}", (f"poetry {command}", "echo ok"))
    for key in (
        "virtualenvs.in-project true",
        "virtualenvs.prompt x",
        "virtualenvs.create true",
        "installer.parallel false",
    ):
        yield Job(f"config {key}", (f"poetry config {key} --local", "poetry config --list"))


def run(job: Job, folder: Path) -> str | None:
    """The log of a job, None where it did not end well."""
    project = folder / "project"
    (project / "orchard").mkdir(parents=True)
    (project / "broken").mkdir()
    files = {
        "pyproject.toml": PROJECT,
        "README.md": "Orchard\n",
        "orchard/__init__.py": MODULE,
        "tests_words.py": TESTS,
        "test_words.py": TESTS,
        "broken/setup.py": BROKEN_SETUP,
    }
    for name, text in files.items():
        (project / name).write_text(text)
    lines = [f"{ESC}[0KRunning with gitlab-runner 18.6.0 (00ff00ff){ESC}[0;m"]
    lines.append(f'section_start:1:step_script\r{ESC}[0K{ESC}[36;1mExecuting "step_script"{ESC}[0;m')
    for command in job.commands:
        lines.append(f"{ESC}[32;1m$ {command}{ESC}[0;m")
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=project,
            env=environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=False,
        )
        lines.append(done.stdout.decode(errors="replace").rstrip("\n"))
        if done.returncode:
            sys.stderr.write(f"{job.name}: not green ({done.returncode})\n{lines[-1][-300:]}\n")
            return None
    lines.append(f"section_end:2:step_script\r{ESC}[0K{ESC}[32;1mJob succeeded{ESC}[0;m")
    return "\n".join(lines) + "\n"


def environment(folder: Path) -> dict[str, str]:
    """A job's environment: this Python's tools, folders of its own."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CI": "true",
        "HOME": str(folder),
        "POETRY_VIRTUALENVS_OPTIONS_NO_PIP": "true",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="a folder for the logs")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
        todo = list(jobs())
        made = list(pool.map(lambda pair: run(pair[1], Path(name, str(pair[0]))), enumerate(todo)))
    logs = {job.name: log for job, log in zip(todo, made, strict=True) if log is not None}
    wrong = sure = 0
    for number, (name, log) in enumerate(logs.items()):
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{number:03}.log").write_text(log)
        report = diagnose([log.encode()])
        if report.verdict is not Verdict.SUCCEEDED or report.diagnoses:
            wrong += 1
            print(f"{name}: {report.verdict} {[item.cause for item in report.diagnoses]}")
        cut = diagnose([log.rsplit("section_end", 1)[0].encode()])
        for item in cut.diagnoses:
            if item.confidence is not Confidence.LOW:
                sure += 1
                print(f"{name}: without its end {item.cause}: {item.evidence[0].text}")
    print(f"{len(logs)} green logs of {len(todo)} jobs, {wrong} wrong")
    print(f"{sure} explained with certainty when their closing lines are taken away")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
