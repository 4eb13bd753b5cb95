"""Publish for real: a fixed pipeline uploads to a registry here, is refused the same version, and recovers.

    SCANSION_GITLAB_CI_LOCAL=.../gitlab-ci-local SCANSION_POETRY=.../bin \\
        .venv/bin/python -m tests.bench.real_publish

As in `real_runs` the jobs run in the shell executor of gitlab-ci-local with a real Poetry. The registry, on the
loopback, answers as GitLab's does: 201, or 400 for a file name that it has. The first run must publish; the
second, with the same version, must fail, and its log must be diagnosed as `duplicate-version`; what `scansion
fix --unsafe` then makes of the project, knowing the registry, must publish the next version with the cache
restored.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from bot.core.check import Report, check
from bot.core.diagnose import diagnose
from bot.core.fix import Applicability
from bot.core.policy import Policy
from bot.core.repair import repair
from bot.core.snapshot import PublishedVersion, RegistryKey, Snapshot
from bot.shell.folder import read_folder
from tests.bench.real_runs import (
    INSTALLS_NOTHING,
    commit,
    fix,
    forget_images,
    make_project,
    make_shim,
    run_pipeline,
)

TOKEN = "made-up-job-token"
PROJECT = """[tool.poetry]
name = "demo"
version = "0.1.0"
description = ""
authors = []

[tool.poetry.dependencies]
python = "^3.11"

[tool.poetry.group.dev.dependencies]
pytest = "*"

[build-system]
requires = ["poetry-core"]
build-backend = "poetry.core.masonry.api"
"""
PIPELINE = """stages: [test, publish]

test:
  stage: test
  image: python:3.11-slim
  script:
    - poetry install
    - poetry run pytest -q

publish:
  stage: publish
  image: python:3.11-slim
  script:
    - poetry config repositories.gitlab "$CI_API_V4_URL/projects/$CI_PROJECT_ID/packages/pypi"
    - poetry publish --build -r gitlab -u gitlab-ci-token -p "$CI_JOB_TOKEN"
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
"""
_SHA256 = re.compile(rb'name="sha256_digest"\r?\n(?:[^\r\n]+\r?\n)*\r?\n([0-9a-f]{64})')
_FILE = re.compile(rb'name="content"; ?filename="([^"\r\n]+)"')


@dataclass
class Registry:
    """The files that were uploaded with their hashes, and how often one was refused, the same one or another."""

    files: dict[str, str] = field(default_factory=dict)
    refused: int = 0
    same_again: int = 0
    url: str = ""

    def upload(self, login: str, body: bytes) -> tuple[int, str]:
        """Answer an upload as GitLab does."""
        if base64.b64decode(login.removeprefix("Basic ")).decode() != f"gitlab-ci-token:{TOKEN}":
            return 401, "401 Unauthorized"
        found = _FILE.search(body)
        if found is None:
            return 400, "content is missing"
        name, digest = found[1].decode(), _SHA256.search(body)
        sha256 = digest[1].decode() if digest else ""
        if name in self.files:
            self.refused += 1
            self.same_again += self.files[name] == sha256
            return 400, "Validation failed: File name has already been taken"
        self.files[name] = sha256
        return 201, "201 Created"

    @property
    def versions(self) -> set[str]:
        """The versions that it has a wheel of."""
        return {name.split("-")[1] for name in self.files if name.endswith(".whl")}


@contextmanager
def registry() -> Iterator[Registry]:
    """Serve a registry on the loopback."""
    held = Registry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, message = held.upload(self.headers.get("Authorization", ""), body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps({"message": message}).encode())

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        held.url = f"http://127.0.0.1:{server.server_address[1]}/api/v4"
        yield held
        server.shutdown()


def review(snapshot: Snapshot) -> Report:
    return check(snapshot, Policy(), only={"duplicate-version"})


def raise_version(folder: Path, versions: set[str]) -> list[str]:
    """Apply the fix of `duplicate-version`, knowing what the registry has."""
    before = read_folder(folder)
    published = tuple(PublishedVersion("demo", version) for version in sorted(versions))
    facts = replace(before.facts, published={RegistryKey("project"): published})
    result = repair(replace(before, facts=facts), review, applicabilities=(Applicability.UNSAFE,))
    for path, file in result.files.items():
        (folder / path).write_bytes(file.to_bytes())
    return [finding.fix.title for finding in result.applied if finding.fix]


def causes_of(folder: Path) -> list[str]:
    log = (folder / ".gitlab-ci-local/output/publish.log").read_bytes()
    return [
        diagnosis.cause for diagnosis in diagnose([log], snapshot=read_folder(folder), job="publish").diagnoses
    ]


def play(folder: Path, held: Registry) -> bool:
    make_project(folder, PIPELINE, None, PROJECT)
    (folder / "tests/test_demo.py").write_text("def test_import():\n    import demo\n", encoding="utf-8")
    print("fixed:", ", ".join(fix(folder)))
    forget_images(folder)
    commit(folder)
    variables = {"CI_API_V4_URL": held.url, "CI_JOB_TOKEN": TOKEN, "CI_PROJECT_ID": "1"}
    options = [word for name, value in variables.items() for word in ("--variable", f"{name}={value}")]
    first = run_pipeline(folder, *options)
    print(f"first run: {'green' if first.green else 'RED'}; the registry has {', '.join(held.files)}")
    second = run_pipeline(folder, *options)
    causes = causes_of(folder)
    print(
        f"second run: {'GREEN' if second.green else 'red'}, {held.refused} refused"
        f" ({held.same_again} with the same bytes); diagnosed {causes}"
    )
    print("fixed:", *raise_version(folder, held.versions))
    commit(folder)
    third = run_pipeline(folder, *options)
    restored = third.text.count("imported cache") > 0 and INSTALLS_NOTHING in third.text
    print(
        f"third run: {'green' if third.green else 'RED'}, cache restored: {restored};"
        f" the registry has {', '.join(held.files)}"
    )
    good = first.green and not second.green and third.green and restored
    good = good and causes[:1] == ["duplicate-version"] and held.versions == {"0.1.0", "0.1.1"}
    if not good:
        print(first.text[-2000:], second.text[-2000:], third.text[-2000:], sep="\n-----\n")
    return good


def main() -> int:
    with tempfile.TemporaryDirectory() as root, registry() as held:
        make_shim(Path(root))
        folder = Path(root) / "publish"
        folder.mkdir()
        good = play(folder, held)
    print("ok" if good else "WRONG")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
