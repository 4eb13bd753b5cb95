"""Repair a project that builds psycopg2 and run it in a root file system like a slim image, twice.

    SCANSION_GITLAB_CI_LOCAL=.../node_modules/.bin/gitlab-ci-local SCANSION_POETRY=.../bin \\
        SCANSION_JOB_IMAGE=/path/to/root .venv/bin/python -m tests.bench.real_image

`SCANSION_JOB_IMAGE` is a Debian with Python and Poetry and without a compiler or any -dev package. What
gitlab-ci-local itself needs (git, rsync, its Node) goes into a layer of its own; each run has a fresh copy on
an overlay, so that only what the runner's cache holds is there again. As it is, the pipeline must be red;
fixed, green; and green again with the cache restored and nothing built. Needs root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.real_runs import INSTALLS_NOTHING, Run, commit, fix, forget_images, make_project, read_run

IMAGE = os.environ.get("SCANSION_JOB_IMAGE", "")
JUDGE = Path(os.environ.get("SCANSION_GITLAB_CI_LOCAL", "gitlab-ci-local"))
TOOLS = "apt-get update -qq && apt-get install -y -qq --no-install-recommends git rsync libstdc++6 >/dev/null"
SETTINGS = ("POETRY_PYPI_MIRROR_URL", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
TIME_OUT = 900
PROJECT = """[tool.poetry]
name = "demo"
version = "0.1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"
psycopg2 = "*"

[tool.poetry.group.dev.dependencies]
pytest = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
PIPELINE = """test:
  image: python:3.11-slim
  script:
    - poetry install
    - poetry run pytest -q
"""


@contextmanager
def copy_of(*lower: Path, upper: Path) -> Iterator[Path]:
    """A root file system over others; what is written lies in ``upper``."""
    with tempfile.TemporaryDirectory(prefix="root-") as scratch:
        root, work = Path(scratch, "root"), upper.with_name(f"{upper.name}-work")
        for folder in (root, work, upper):
            folder.mkdir(exist_ok=True)
        layers = ":".join(map(str, lower))
        options = f"lowerdir={layers},upperdir={upper},workdir={work}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, str(root)], check=True)
        try:
            subprocess.run(["mount", "--bind", "/proc", str(root / "proc")], check=True)
            subprocess.run(["mount", "--rbind", "/dev", str(root / "dev")], check=True)
            yield root
        finally:
            for point in (root / "dev", root / "proc", root):
                subprocess.run(["umount", "-R", "-l", str(point)], check=False)


def inside(root: Path, *words: str, folder: str = "/") -> subprocess.CompletedProcess[str]:
    kept = [f"{name}={os.environ[name]}" for name in SETTINGS if name in os.environ]
    path = "/opt/node_modules/node/bin:/opt/node_modules/.bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    settings = ["HOME=/root", f"PATH={path}", "LANG=C.UTF-8", "CI=true", "DEBIAN_FRONTEND=noninteractive", *kept]
    return subprocess.run(
        ["chroot", str(root), "/usr/bin/env", "-i", "-C", folder, *settings, *words],
        capture_output=True,
        text=True,
        timeout=TIME_OUT,
        check=False,
    )


def make_tools(layer: Path) -> None:
    """Put what gitlab-ci-local needs into a layer over the image."""
    with copy_of(Path(IMAGE), upper=layer) as root:
        done = inside(root, "sh", "-c", TOOLS)
        if done.returncode:
            raise SystemExit(f"the tools could not be installed: {done.stderr}")
        shutil.copytree(JUDGE.absolute().parent.parent, root / "opt/node_modules", symlinks=True)


def run_there(scratch: Path, tools: Path, project: Path, name: str) -> Run:
    """Run the pipeline in a fresh copy; the runner's cache lies in the project's folder."""
    with copy_of(tools, Path(IMAGE), upper=scratch / name) as root:
        place = root / "builds/project"
        shutil.copytree(project, place, symlinks=True)
        done = inside(
            root, "gitlab-ci-local", "--force-shell-executor", "--shell-isolation", folder="/builds/project"
        )
        cache, kept = place / ".gitlab-ci-local/cache", project / ".gitlab-ci-local/cache"
        if cache.exists():
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(cache, kept, symlinks=True)
    return read_run(done)


def play(scratch: Path) -> bool:
    tools, project = scratch / "tools", scratch / "psycopg2"
    make_tools(tools)
    project.mkdir()
    make_project(project, PIPELINE, None, PROJECT)
    (project / "tests/test_demo.py").write_text("def test_import():\n    import psycopg2\n", encoding="utf-8")
    commit(project)
    broken = run_there(scratch, tools, project, "broken")
    shutil.rmtree(project / ".gitlab-ci-local", ignore_errors=True)
    print(f"as it is: {'GREEN' if broken.green else 'red'}, pg_config missing: {'pg_config' in broken.text}")
    print("fixed:", ", ".join(fix(project)))
    forget_images(project)
    commit(project)
    first = run_there(scratch, tools, project, "first")
    second = run_there(scratch, tools, project, "second")
    for name, run in (("first", first), ("second", second)):
        print(f"{name} run: {'green' if run.green else 'RED'} in {run.seconds:.0f} s")
    restored = "imported cache" in second.text and INSTALLS_NOTHING in second.text
    print(f"cache restored and nothing built: {restored}")
    good = not broken.green and first.green and second.green and restored
    if not good:
        print(broken.text[-2000:], first.text[-3000:], second.text[-3000:], sep="\n-----\n")
    return good


def main() -> int:
    if not IMAGE:
        raise SystemExit("SCANSION_JOB_IMAGE names no root file system")
    with tempfile.TemporaryDirectory() as scratch:
        good = play(Path(scratch))
    print("ok" if good else "WRONG")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
