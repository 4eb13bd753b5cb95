"""Which locked packages have a wheel that fits an image."""

from __future__ import annotations

import platform
import sys

import pytest
from packaging.tags import sys_tags

from bot.core.python.lock import LockedFile, LockedPackage
from bot.core.system.images import describe_image
from bot.core.system.wheels import Selection, Target, applies, has_wheel, is_built, supported_tags, target_of

SLIM = Target((3, 11), "glibc", (2, 36))
ALPINE = Target((3, 12), "musl", (1, 2))


def locked(*names: str, name: str = "demo", markers: str = "", groups: tuple[str, ...] = ()) -> LockedPackage:
    files = tuple(LockedFile(file, "sha256:00") for file in names)
    return LockedPackage(name=name, version="1.0", files=files, markers=markers, groups=groups)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="compares with the tags of this very glibc machine")
def test_the_tags_are_those_of_the_running_python():
    major, minor = platform.libc_ver()[1].split(".")
    here = Target(sys.version_info[:2], "glibc", (int(major), int(minor)), platform.machine())
    assert supported_tags(here) == frozenset(sys_tags())


@pytest.mark.parametrize(
    ("file", "target", "fits"),
    [
        ("demo-1.0-py3-none-any.whl", SLIM, True),
        ("demo-1.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", SLIM, True),
        ("demo-1.0-cp39-abi3-manylinux_2_28_x86_64.whl", SLIM, True),
        ("demo-1.0-cp311-cp311-win_amd64.whl", SLIM, False),
        ("demo-1.0-cp312-cp312-manylinux2014_x86_64.whl", SLIM, False),
        ("demo-1.0-cp311-cp311-manylinux_2_39_x86_64.whl", SLIM, False),
        ("demo-1.0-cp312-cp312-manylinux2014_x86_64.whl", ALPINE, False),
        ("demo-1.0-cp312-cp312-musllinux_1_1_x86_64.whl", ALPINE, True),
        ("demo-1.0-cp311-cp311-manylinux2014_aarch64.whl", SLIM, False),
        ("not a wheel.whl", SLIM, False),
    ],
)
def test_a_wheel_fits_where_its_tags_do(file: str, target: Target, *, fits: bool):
    assert has_wheel(locked(file), target) is fits


def test_the_image_decides_the_target():
    assert target_of(describe_image("python:3.12-alpine3.19")) == Target((3, 12), "musl", (1, 2))
    assert target_of(describe_image("python:3.11-slim-bullseye")) == Target((3, 11), "glibc", (2, 31))
    assert target_of(describe_image("debian:12")) is None


def test_a_package_without_a_source_is_not_built():
    assert not is_built(locked("demo-1.0-cp311-cp311-win_amd64.whl"), SLIM, Selection())


def test_a_package_that_may_not_be_a_wheel_is_built():
    package = locked("demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz")
    assert not is_built(package, SLIM, Selection())
    assert is_built(package, SLIM, Selection(no_binary=frozenset({"demo"})))
    assert is_built(package, SLIM, Selection(no_binary=frozenset({":all:"})))


@pytest.mark.parametrize(
    ("package", "selection", "taken"),
    [
        (locked(markers='sys_platform == "win32"'), Selection(), False),
        (locked(markers='python_version >= "3.11"'), Selection(), True),
        (locked(markers='extra == "pg"'), Selection(), False),
        (locked(markers='extra == "pg"'), Selection(extras=frozenset({"pg"})), True),
        (locked(groups=("dev",)), Selection(groups=frozenset({"main"})), False),
        (locked(groups=("dev",)), Selection(without=frozenset({"dev"})), False),
        (locked(groups=("main", "dev")), Selection(without=frozenset({"dev"})), True),
        (locked(markers="nonsense ("), Selection(), False),
    ],
)
def test_groups_markers_and_extras_decide(package: LockedPackage, selection: Selection, *, taken: bool):
    assert applies(package, SLIM, selection) is taken


def test_a_package_for_other_pythons_is_not_taken():
    old = LockedPackage(name="demo", version="1.0", python_versions=">=3.8,<3.9")
    assert not applies(old, SLIM, Selection())
