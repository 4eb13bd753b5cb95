"""What a job's install of the lock file will miss, told before it runs."""

from __future__ import annotations

import pytest

from bot.core.context import Context
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability
from bot.core.rules.missing_system_package import check
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

PYPROJECT = """\
[project]
name = "demo"
version = "0.1.0"
dependencies = ["psycopg2 (>=2.9)"]

[tool.poetry]
package-mode = false
"""
LOCK = """\
[[package]]
name = "{name}"
version = "2.9.13"
optional = false
python-versions = ">=3.8"
groups = ["main"]
files = [
    {{file = "{name}-2.9.13-cp311-cp311-win_amd64.whl", hash = "sha256:00"}},
    {{file = "{name}-2.9.13.tar.gz", hash = "sha256:01"}},
]

[metadata]
lock-version = "2.1"
python-versions = ">=3.11"
content-hash = "00"
"""


def review(
    *script: str, image: str = "python:3.11-slim", package: str = "psycopg2", more: str = ""
) -> list[object]:
    lines = "".join(f"    - {line}\n" for line in script or ("poetry install",))
    ci = f"test:\n  image: {image}\n{more}  script:\n{lines}"
    files = {".gitlab-ci.yml": ci, "poetry.lock": LOCK.format(name=package), "pyproject.toml": PYPROJECT}
    snapshot = Snapshot(files={name: SourceFile(name, text) for name, text in files.items()})
    return list(check(Context(snapshot)))


def only(found: list[object]) -> Finding:
    assert len(found) == 1
    assert isinstance(found[0], Finding)
    return found[0]


def test_a_build_that_the_image_cannot_do_is_an_error():
    finding = only(review())
    assert finding.severity is Severity.ERROR
    assert finding.confidence is Confidence.HIGH
    assert finding.message.startswith("`psycopg2` 2.9.13 has no wheel for Python 3.11 on `python:3.11-slim`")
    assert "`gcc`, `libc6-dev` and `libpq-dev`" in finding.message
    assert finding.location.path == ".gitlab-ci.yml"


@pytest.mark.parametrize(
    "line",
    [
        "apt-get update && apt-get install -y gcc libpq-dev",
        "apt-get update && apt-get install -y --no-install-recommends build-essential libpq-dev=15.1-1",
        "apt update && apt install -y clang postgresql-server-dev-all",
        "apt-get update && apt-get install -y $PACKAGES",
    ],
)
def test_what_the_job_installs_is_not_missing(line: str):
    assert review(line, "poetry install") == []


def test_half_of_what_is_needed_leaves_the_other_half():
    finding = only(review("apt-get update && apt-get install -y libpq-dev", "poetry install"))
    assert "`gcc` and `libc6-dev`" in finding.message
    assert "libpq-dev" not in finding.message


@pytest.mark.parametrize("image", ["python:3.11", "python:3.11-bookworm"])
def test_an_image_that_has_it_all_is_fine(image: str):
    assert review(image=image) == []


def test_alpine_needs_its_own_names():
    assert "`gcc`, `libpq-dev` and `musl-dev`" in only(review(image="python:3.12-alpine")).message


@pytest.mark.parametrize("package", ["docopt", "pyyaml", "no-such-package-of-ours"])
def test_packages_that_build_without_a_compiler_are_not_mentioned(package: str):
    assert review(package=package) == []


@pytest.mark.parametrize(
    "line",
    ["poetry install --dry-run", "poetry install --only docs", "echo poetry install", "poetry -C sub install"],
)
def test_a_job_that_does_not_install_it_is_fine(line: str):
    assert review(line) == []


def test_an_unknown_image_is_skipped_with_the_reason():
    assert review(image="registry.example.com/team/ci:1") == [
        Skipped("missing-system-package", "the image `registry.example.com/team/ci:1` is not known", "test")
    ]


def test_each_image_of_a_matrix_is_judged():
    matrix = "  parallel:\n    matrix:\n      - TAG: [3.11-slim, '3.12', 3.13-alpine]\n"
    found = review(image="python:$TAG", more=matrix)
    messages = [finding.message for finding in found if isinstance(finding, Finding)]
    assert len(messages) == 2
    assert "`python:3.11-slim`" in messages[0]
    assert "`python:3.13-alpine`" in messages[1]


def test_a_script_that_is_not_at_hand_makes_it_less_certain():
    assert only(review("bash ci/prepare.sh", "poetry install")).confidence is Confidence.MEDIUM


def test_a_release_that_is_older_than_the_python_is_a_warning_with_the_better_way():
    lock = LOCK.replace("win_amd64", "manylinux_2_17_x86_64").format(name="psycopg2")
    files = {
        ".gitlab-ci.yml": "test:\n  image: python:3.13-slim\n  script:\n    - poetry install\n",
        "poetry.lock": lock,
        "pyproject.toml": PYPROJECT,
    }
    snapshot = Snapshot(files={name: SourceFile(name, text) for name, text in files.items()})
    finding = only(list(check(Context(snapshot))))
    assert finding.severity is Severity.WARNING
    assert "has a wheel for Python 3.11" in finding.message
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
