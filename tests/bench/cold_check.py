"""Seconds of one `scansion check` from a cold start, beside two other programs that read the same pipeline.

    .venv/bin/python -m tests.bench.cold_check [--rounds 5]

The projects are made here: a typical one (80 lines), and one whose pipeline has 1,000 lines. The others are run
where they are found: `gitlab-ci-local --preview` (npm; see tests/bench/preview_judge.py) and `gitlab-ci-verify
--no-lint-api` (PyPI) on PATH, or named by SCANSION_GITLAB_CI_LOCAL and SCANSION_GITLAB_CI_VERIFY. The design's
target is 0.4 s on the typical project.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYPROJECT = '[project]\nname = "verse"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n\n[tool.poetry]\n'
HEAD = """\
stages: [test, publish]

variables:
  POETRY_VIRTUALENVS_IN_PROJECT: "true"

.python:
  image: python:3.12-slim-bookworm
  cache:
    key:
      files: [poetry.lock]
    paths: [.venv/]
  before_script:
    - pip install poetry==2.1.4
    - poetry install
"""
JOB = """
test-{number}:
  extends: .python
  stage: test
  variables:
    PART: "{number}"
  script:
    - poetry run pytest tests/part_{number} --junitxml report.xml
    - poetry run ruff check src
  artifacts:
    reports:
      junit: report.xml
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
"""


def make_project(folder: Path, lines: int) -> None:
    """A git checkout with a pipeline of about so many lines."""
    jobs = max(1, (lines - HEAD.count("\n")) // JOB.count("\n"))
    (folder / ".gitlab-ci.yml").write_text(HEAD + "".join(JOB.format(number=n) for n in range(jobs)))
    (folder / "pyproject.toml").write_text(PYPROJECT)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "https://gitlab.example.com/grp/verse.git"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "Start"], check=True)


def programs() -> dict[str, list[str]]:
    """The programs at hand, ours first."""
    found = {"scansion check": [sys.executable, "-m", "bot", "check", "."]}
    local = os.environ.get("SCANSION_GITLAB_CI_LOCAL") or shutil.which("gitlab-ci-local")
    verify = os.environ.get("SCANSION_GITLAB_CI_VERIFY") or shutil.which("gitlab-ci-verify")
    if local:
        found["gitlab-ci-local --preview"] = [local, "--preview"]
    if verify:
        found["gitlab-ci-verify --no-lint-api"] = [verify, "--no-lint-api"]
    return found


def seconds(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    for lines in (80, 1000):
        with tempfile.TemporaryDirectory() as folder:
            make_project(Path(folder), lines)
            for name, command in programs().items():
                times = [seconds(command, Path(folder)) for _ in range(rounds)]
                print(
                    f"{lines:5} lines  {name:32} median {statistics.median(times):.3f} s  best {min(times):.3f} s"
                )


if __name__ == "__main__":
    main()
