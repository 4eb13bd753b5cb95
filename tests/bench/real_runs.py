"""Repair small projects with the safe fixes and really run their pipelines, twice: the cache must come back.

    SCANSION_GITLAB_CI_LOCAL=/tmp/gcl/node_modules/.bin/gitlab-ci-local SCANSION_POETRY=/tmp/poetry/venv/bin \\
        .venv/bin/python -m tests.bench.real_runs [PROJECT...] [--samples N]

The shell executor of gitlab-ci-local runs the jobs with the Poetry and the pip of `SCANSION_POETRY`; it needs git
and rsync. Poetry's own download cache is emptied before each run, as on a fresh runner. For each project both runs
must be green, and the second must restore the cache that the fix made or mended, and install nothing. Prints the
seconds of both runs, those of `poetry install` alone (a `poetry` in front of the real one notes them in the job's
log) and what packing and restoring the cache cost, of all jobs of a run added up.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.core.check import check
from bot.core.policy import Policy
from bot.core.repair import repair
from bot.shell.folder import read_folder

JUDGE = os.environ.get("SCANSION_GITLAB_CI_LOCAL", "gitlab-ci-local")
POETRY = os.environ.get("SCANSION_POETRY", "")
TIME_OUT = 600
PROJECT = """[tool.poetry]
name = "demo"
version = "0.1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"
jinja2 = "*"
pydantic = "*"
requests = "*"
rich = "*"
sqlalchemy = "*"

[tool.poetry.group.dev.dependencies]
mypy = "*"
pytest = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
SOME = "".join(f'{name} = "*"\n' for name in ("alembic", "flask", "httpx"))
FORTY = PROJECT.replace("[tool.poetry.group", f"{SOME}\n[tool.poetry.group")
MORE = "".join(f'{name} = "*"\n' for name in ("celery", "django", "fastapi", "flask", "httpx", "pandas", "sphinx"))
LARGE = PROJECT.replace("[tool.poetry.group", f"{MORE}\n[tool.poetry.group")
TEST = "    - poetry install\n    - poetry run pytest -q\n"
PIPELINES = {
    "forty-packages": f"test:\n  image: python:3.11-slim\n  script:\n{TEST}",
    "large-set": f"test:\n  image: python:3.11-slim\n  script:\n{TEST}",
    "nothing-cached": f"test:\n  image: python:3.11-slim\n  script:\n{TEST}",
    "three-pythons-by-an-anchor": (
        f".test: &test\n  script:\n{TEST}\n"
        + "\n".join(f"py{minor}:\n  <<: *test\n  image: python:3.{minor}-slim\n" for minor in (11, 12, 13))
    ),
    "copies-of-a-job": "\n".join(
        f"py{minor}:\n  image: python:3.{minor}-slim\n  script:\n{TEST}" for minor in (11, 12)
    ),
    "cache-in-the-home-folder": (
        f"test:\n  image: python:3.11-slim\n  cache:\n    paths: [~/.cache/pypoetry]\n  script:\n{TEST}"
    ),
    "environment-elsewhere": (
        f"test:\n  image: python:3.11-slim\n  cache:\n    key: venv\n    paths: [.venv]\n  script:\n{TEST}"
    ),
    "old-option-and-plain-call": (
        "test:\n  image: python:3.11-slim\n  variables:\n    POETRY_VIRTUALENVS_IN_PROJECT: 'true'\n"
        "  cache:\n    key: venv\n    paths: [.venv]\n  script:\n"
        "    - poetry config settings.virtualenvs.in-project true\n    - poetry install\n    - pytest -q\n"
    ),
}
PROJECTS = {"large": LARGE, "forty": FORTY}
INSTALLS_NOTHING = "No dependencies to install or update"
INSTALLED = "poetry install took "
SHIM = f"""#!/bin/bash
begin=$EPOCHREALTIME
POETRY "$@"
status=$?
[ "$1" = install ] && awk "BEGIN {{ print \\"{INSTALLED}\\" ($EPOCHREALTIME - $begin) \\" s\\" }}"
exit $status
"""


@dataclass(frozen=True)
class Run:
    """One run of a pipeline."""

    green: bool
    seconds: float
    text: str

    @property
    def installing(self) -> float:
        """Seconds of `poetry install`, all jobs together."""
        return sum(map(float, re.findall(rf"{INSTALLED}([\d.]+) s", self.text)))

    def caching(self, word: str) -> float:
        """Seconds that the runner spent on caches: `imported cache` or `cache created`."""
        found = re.findall(rf"{word} [^\n]* in ([\d.]+ \w+)", self.text)
        return sum(map(_seconds, found))


def kind_of(name: str) -> str:
    """Return which packages a project has: `large`, `forty`, else `small`."""
    return name.partition("-")[0] if name.partition("-")[0] in PROJECTS else "small"


def make_project(folder: Path, pipeline: str, lock: Path | None, project: str = "") -> None:
    files = {
        "pyproject.toml": project or PROJECTS.get(kind_of(folder.name), PROJECT),
        ".gitlab-ci.yml": pipeline,
        "README.md": "",
        "demo/__init__.py": "",
        "tests/test_demo.py": "def test_import():\n    import requests, sqlalchemy\n",
        ".gitignore": ".venv\n.cache\n.gitlab-ci-local\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if lock is not None:
        shutil.copy(lock, folder / "poetry.lock")
    else:
        made = run_program(folder, "poetry", "lock", "-n")
        if made.returncode:
            raise SystemExit(f"no lock could be made: {made.stdout}{made.stderr}")


def run_program(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program = Path(JUDGE).absolute().parent
    path = os.pathsep.join(
        (str(folder.parent / "bin"), POETRY, str(program), str(program.parent / "node/bin"), os.environ["PATH"])
    )
    # A job's `poetry config` would else change the settings of whoever runs this, and of the next project.
    homes = {f"XDG_{kind.upper()}_HOME": str(folder.parent / f"home-{kind}") for kind in ("cache", "config")}
    environment = {**os.environ, "PATH": path, **homes}
    return subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIME_OUT, check=False
    )


def commit(folder: Path) -> None:
    author = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    run_program(folder, "git", "init", "-q", "-b", "main", ".")
    run_program(folder, "git", "add", "-A")
    run_program(folder, "git", *author, "commit", "-q", "-m", "state")


def fix(folder: Path) -> list[str]:
    result = repair(read_folder(folder), lambda snapshot: check(snapshot, Policy()))
    for path, file in result.files.items():
        (folder / path).write_bytes(file.to_bytes())
    return sorted({finding.rule for finding in result.applied})


def forget_images(folder: Path) -> None:
    """Take the images away: a shell executor has none.

    For a job with one gitlab-ci-local sets CI_PROJECT_DIR to where a container would have the project, outside of
    what it stores: a cache below that would come back because it never went away.
    """
    file = folder / ".gitlab-ci.yml"
    file.write_text(re.sub(r"^ *image: .*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE))


def run_pipeline(folder: Path, *options: str) -> Run:
    shutil.rmtree(folder.parent / "home-cache", ignore_errors=True)
    shutil.rmtree(folder.parent / "home-config", ignore_errors=True)
    shutil.rmtree(folder / ".gitlab-ci-local/builds", ignore_errors=True)
    return read_run(run_program(folder, JUDGE, "--force-shell-executor", "--shell-isolation", *options))


def read_run(done: subprocess.CompletedProcess[str]) -> Run:
    """Read what gitlab-ci-local said of a pipeline."""
    text = done.stdout + done.stderr
    seconds = sum(_seconds(found) for found in re.findall(r"^\S+ +finished in ([^\n]*)$", text, re.MULTILINE))
    return Run(done.returncode == 0, seconds, text)


def _seconds(text: str) -> float:
    number, _, unit = text.partition(" ")
    return float(number) * {"ms": 0.001, "s": 1, "min": 60}.get(unit.strip(), 1)


def make_shim(root: Path) -> None:
    shim = root / "bin/poetry"
    shim.parent.mkdir()
    shim.write_text(SHIM.replace("POETRY", shlex.quote(f"{POETRY}/poetry")), encoding="utf-8")
    shim.chmod(0o755)


def judge(folder: Path, lock: Path | None, pipeline: str) -> tuple[Run, Run] | None:
    """Run a project's fixed pipeline twice; None where it did not come out as it should."""
    make_project(folder, pipeline, lock)
    fixed = fix(folder)
    forget_images(folder)
    commit(folder)
    first, second = run_pipeline(folder), run_pipeline(folder)
    restored = second.text.count(INSTALLS_NOTHING) >= second.text.count("imported cache") > 0
    good = first.green and second.green and restored
    print(
        f"{folder.name}: {', '.join(fixed)}; {first.seconds:.0f} s, then {second.seconds:.0f} s; installing"
        f" {first.installing:.1f} s, then {second.installing:.1f} s; packing the cache"
        f" {first.caching('cache created'):.1f} s, restoring {second.caching('imported cache'):.1f} s",
        "ok" if good else "WRONG",
        flush=True,
    )
    if not good:
        print(first.text[-2000:], second.text[-2000:], sep="\n-----\n")
    return (first, second) if good else None


def ratio(runs: tuple[Run, Run]) -> tuple[float, float]:
    """Return what a cache leaves of the installing time, alone and with the restoring."""
    first, second = runs
    before = max(first.installing, 0.001)
    return second.installing / before, (second.installing + second.caching("imported cache")) / before


def judge_project(root: Path, name: str, samples: int) -> bool:
    """Judge a project some times, each time from nothing, and print the medians."""
    found: list[tuple[Run, Run]] = []
    kind = kind_of(name)
    for sample in range(samples):
        folder = root / f"{name}-{sample + 1}"
        folder.mkdir()
        lock = root / f"{kind}.lock"
        runs = judge(folder, lock if lock.exists() else None, PIPELINES[name])
        shutil.copy(folder / "poetry.lock", lock)
        shutil.rmtree(folder)
        found += [runs] if runs else []
    if found:
        alone, restored = (statistics.median(values) for values in zip(*map(ratio, found), strict=True))
        packages = lock.read_text(encoding="utf-8").count("[[package]]")
        print(
            f"{name} ({packages} packages): installing takes {alone:.2f} of the time,"
            f" {restored:.2f} with restoring"
        )
    return len(found) == samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", default=list(PIPELINES))
    parser.add_argument("--samples", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make_shim(Path(folder))
        results = [judge_project(Path(folder), name, arguments.samples) for name in arguments.projects]
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
