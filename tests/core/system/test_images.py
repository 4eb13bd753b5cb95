"""Images as pipelines write them, and what is in them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.core.system.images import describe_image, inspect_image


@pytest.mark.parametrize(
    ("reference", "facts"),
    [
        ("python:3.11-slim", ("debian", "trixie", "glibc", "3.11")),
        ("docker.io/library/python:3.11-slim-bookworm", ("debian", "bookworm", "glibc", "3.11")),
        ("${CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX}/python:3.9", ("debian", "trixie", "glibc", "3.9")),
        ("gitlab.example/group/dependency_proxy/containers/python:3.9", ("debian", "trixie", "glibc", "3.9")),
        ("registry.example.com/hub/library/python:3.10-slim-buster", ("debian", "buster", "glibc", "3.10")),
        ("python:3.12-alpine3.19", ("alpine", "3.19", "musl", "3.12")),
        ("python:3.12.99-alpine3.21", ("alpine", "3.21", "musl", "3.12")),
        ("python:3.11-bookworm@sha256:0123", ("debian", "bookworm", "glibc", "3.11")),
        ("ubuntu:jammy", ("ubuntu", "22.04", "glibc", "")),
        ("debian:12", ("debian", "bookworm", "glibc", "")),
        ("alpine:3.18", ("alpine", "3.18", "musl", "")),
        ("rockylinux:9", ("rhel", "9", "glibc", "")),
        ("registry.access.redhat.com/ubi9/python-311", ("rhel", "9", "glibc", "3.11")),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", ("debian", "bookworm", "glibc", "3.12")),
        ("acidrain/python-poetry:3.11-alpine", ("alpine", "3.24", "musl", "3.11")),
    ],
)
def test_an_image_is_recognised(reference: str, facts: tuple[str, ...]):
    known = describe_image(reference)
    assert (known.distribution, known.release, known.libc, known.python) == facts
    assert known.reference == reference


@pytest.mark.parametrize(
    "reference",
    ["", "$IMAGE", "registry.example.com/team/python:3.11", "python:3.13-windowsservercore", "::", "a/b/"],
)
def test_an_image_that_could_be_anything_stays_unknown(reference: str):
    assert describe_image(reference).distribution == ""


def test_the_day_decides_where_a_floating_tag_points():
    assert describe_image("python:3.11-slim", date(2024, 1, 1)).release == "bookworm"
    assert describe_image("python:3.11-slim", date(2026, 1, 1)).release == "trixie"


def test_the_full_image_has_compilers_and_the_slim_one_has_not():
    assert {"gcc", "libpq-dev", "git"} <= inspect_image("python:3.11").packages
    assert "gcc" not in inspect_image("python:3.11-slim").packages


def test_an_image_of_a_user_without_rights_is_told_apart():
    assert not inspect_image("cimg/python:3.11").root
    assert inspect_image("python:3.11-slim").root
