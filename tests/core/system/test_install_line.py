"""Where and how the install line goes into a job, from the diagnosis of its log."""

from __future__ import annotations

import pytest

from bot.core.ci.reader import read_pipeline
from bot.core.diagnosis import Diagnosis, ImageFacts, Install, PythonPackage, Subject
from bot.core.edits.text import apply_edits
from bot.core.finding import Confidence
from bot.core.fix import Applicability, Fix
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.system.images import describe_image
from bot.core.system.install_line import fixes_for

PATH = ".gitlab-ci.yml"


def diagnosis(image: str, install: Install | None, confidence: Confidence = Confidence.HIGH) -> Diagnosis:
    return Diagnosis(
        cause="missing-system-package",
        confidence=confidence,
        message="",
        evidence=(),
        subject=Subject("command", "pg_config"),
        python_package=PythonPackage("psycopg2", "2.9.13"),
        image=describe_image(image) if image else ImageFacts(),
        install=install,
    )


def offered(text: str, found: Diagnosis, job: str = "test") -> tuple[Fix, ...]:
    snapshot = Snapshot(files={PATH: SourceFile(PATH, text)})
    pipeline = read_pipeline(snapshot)
    assert pipeline is not None
    return fixes_for(found, snapshot, pipeline, job)


def fixed(text: str, image: str, manager: str, *packages: str) -> str:
    (fix,) = offered(text, diagnosis(image, Install(manager, packages)))
    return apply_edits({PATH: SourceFile(PATH, text)}, fix.edits)[PATH].text


def test_the_line_stands_before_the_first_command_that_needs_it():
    before = "test:\n  image: python:3.11-slim\n  script:\n    - pip install poetry\n    - poetry install\n"
    line = "    - apt-get update && apt-get install --no-install-recommends --yes gcc libpq-dev\n"
    after = before.replace("    - poetry install\n", line + "    - poetry install\n")
    assert fixed(before, "python:3.11-slim", "apt", "gcc", "libpq-dev") == after


@pytest.mark.parametrize(
    ("image", "manager", "line"),
    [
        ("python:3.12-alpine", "apk", "apk add --no-cache gcc"),
        ("fedora:42", "dnf", "dnf install -y gcc"),
        ("centos:7", "yum", "yum install -y gcc"),
        (
            "cimg/python:3.11",
            "apt",
            "sudo apt-get update && sudo apt-get install --no-install-recommends --yes gcc",
        ),
    ],
)
def test_each_manager_has_its_own_line(image: str, manager: str, line: str):
    before = f"test:\n  image: {image}\n  script:\n    - poetry install\n"
    assert f"    - {line}\n    - poetry install\n" in fixed(before, image, manager, "gcc")


def test_a_capability_is_quoted_for_the_shell():
    before = "test:\n  image: rockylinux:9\n  script:\n    - poetry install\n"
    assert "dnf install -y 'pkgconfig(libpq)'\n" in fixed(before, "rockylinux:9", "dnf", "pkgconfig(libpq)")


def test_an_install_line_of_the_job_is_extended():
    before = (
        "test:\n  image: python:3.11-slim\n  script:\n    - apt-get update\n"
        "    - apt-get install -y libpq-dev git && rm -rf /var/lib/apt/lists/*\n    - poetry install\n"
    )
    assert fixed(before, "python:3.11-slim", "apt", "gcc", "libpq-dev") == before.replace("git &&", "git gcc &&")


def test_an_install_line_behind_the_need_is_not_extended():
    before = "test:\n  image: python:3.11-slim\n  script:\n    - poetry install\n    - apt-get install -y git\n"
    after = fixed(before, "python:3.11-slim", "apt", "gcc")
    assert after.index("gcc") < after.index("poetry install")


def test_a_conditional_install_line_is_not_extended():
    before = (
        "test:\n  image: python:3.11-slim\n  script:\n"
        '    - if [ -n "$CI" ]; then apt-get install -y git; fi\n    - poetry install\n'
    )
    assert "install -y git;" in fixed(before, "python:3.11-slim", "apt", "gcc")


def test_what_the_job_installs_already_is_not_installed_again():
    text = "test:\n  image: python:3.11-slim\n  script:\n    - apt-get install -y gcc\n    - poetry install\n"
    assert offered(text, diagnosis("python:3.11-slim", Install("apt", ("gcc",)))) == ()


def test_what_a_package_of_the_job_brings_is_not_installed_again():
    text = (
        "test:\n  image: python:3.11-slim\n  script:\n    - apt-get update && apt-get install -y build-essential\n"
        "    - poetry install\n"
    )
    after = text.replace("build-essential", "build-essential libpq-dev")
    assert fixed(text, "python:3.11-slim", "apt", "gcc", "g++", "libc6-dev", "libpq-dev") == after


@pytest.mark.parametrize(
    ("used", "lacking", "line"),
    [
        ("build-essential", ("gcc", "libc6-dev", "libpq-dev"), "build-essential libpq-dev"),
        ("graphviz-dev", ("gcc", "libgraphviz-dev"), "gcc graphviz-dev"),
        ("git", ("gcc", "libc6-dev", "libgraphviz-dev"), "gcc libc6-dev libgraphviz-dev"),
        ("build-essential", ("libpq-dev",), "libpq-dev"),
    ],
)
def test_the_names_that_another_job_uses_are_kept(used: str, lacking: tuple[str, ...], line: str):
    other = f"docs:\n  image: python:3.11-slim\n  script:\n    - apt-get install -y {used}\n"
    job = "test:\n  image: python:3.11-slim-bookworm\n  script:\n    - poetry install\n"
    assert f" {line}\n" in fixed(other + job, "python:3.11-slim-bookworm", "apt", *lacking)


def test_a_diagnosis_without_packages_is_completed_from_the_image_of_the_job():
    text = "test:\n  image: python:3.11-slim\n  script:\n    - poetry install\n"
    (fix,) = offered(text, diagnosis("", None))
    assert fix.title == "Install `gcc`, `libc6-dev` and `libpq-dev`"
    assert fix.applicability is Applicability.SAFE


def test_an_unknown_image_makes_the_fix_a_question():
    text = "test:\n  image: registry.example.com/ci\n  script:\n    - poetry install\n"
    (fix,) = offered(text, diagnosis("", Install("apt", ("gcc",))))
    assert fix.applicability is Applicability.UNSAFE


def test_a_guess_is_not_acted_on():
    text = "test:\n  image: python:3.11-slim\n  script:\n    - poetry install\n"
    assert offered(text, diagnosis("python:3.11-slim", Install("apt", ("gcc",)), Confidence.LOW)) == ()


def test_a_user_without_rights_gets_no_line_that_would_fail():
    image = "registry.access.redhat.com/ubi9/python-311"
    text = f"test:\n  image: {image}\n  script:\n    - poetry install\n"
    assert offered(text, diagnosis(image, Install("dnf", ("libpq-devel",)))) == ()


def test_a_job_that_is_not_there_has_no_fix():
    text = "test:\n  image: python:3.11-slim\n  script:\n    - poetry install\n"
    assert offered(text, diagnosis("python:3.11-slim", Install("apt", ("gcc",))), job="other") == ()


def test_the_line_stands_before_a_missing_command_itself():
    text = "test:\n  image: debian:12\n  script:\n    - cd tests\n    - pg_config --version\n"
    after = fixed(text, "debian:12", "apt", "libpq-dev")
    assert after.index("cd tests") < after.index("apt-get update") < after.index("pg_config")


def test_a_job_that_builds_an_image_is_left_alone():
    text = "test:\n  image: docker:27\n  script:\n    - docker build -t demo .\n"
    assert offered(text, diagnosis("python:3.11-slim", Install("apt", ("libpq-dev",)))) == ()
