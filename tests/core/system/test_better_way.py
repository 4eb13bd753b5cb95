"""Where the lock file knows a wheel that would spare the build."""

from __future__ import annotations

import pytest

from bot.core.diagnosis import PythonPackage
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.system.better_way import locked_wheel_hint
from bot.core.system.images import describe_image

LOCK = """\
[[package]]
name = "demo-lib"
version = "1.0"
optional = false
python-versions = ">=3.9"
groups = ["main"]
files = [
    {file = "demo_lib-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", hash = "sha256:00"},
    {file = "demo_lib-1.0.tar.gz", hash = "sha256:01"},
]

[metadata]
lock-version = "2.1"
python-versions = ">=3.9"
content-hash = "00"
"""
SNAPSHOT = Snapshot(files={"poetry.lock": SourceFile("poetry.lock", LOCK)})


@pytest.mark.parametrize(
    ("image", "told"),
    [
        ("python:3.12-alpine", "`demo-lib` has a wheel for images with glibc, such as `python:3.12-slim`."),
        ("python:3.13-slim", "This version of `demo-lib` has a wheel for Python 3.12;"),
        ("python:3.13-alpine", "This version of `demo-lib` has a wheel for Python 3.12 on images with glibc;"),
        ("python:3.12-slim", ""),
        ("registry.example.com/ci", ""),
    ],
)
def test_a_wheel_elsewhere_is_told(image: str, told: str):
    hint = locked_wheel_hint(SNAPSHOT, describe_image(image), PythonPackage("Demo_Lib", "1.0"))
    assert hint.startswith(told)
    assert bool(hint) is bool(told)


def test_without_the_lock_file_nothing_is_told():
    image = describe_image("python:3.13-slim")
    assert locked_wheel_hint(None, image, PythonPackage("demo-lib")) == ""
    assert locked_wheel_hint(SNAPSHOT, image, PythonPackage("other")) == ""
    assert locked_wheel_hint(SNAPSHOT, image, None) == ""
