"""From a symptom to the complete list of packages for the image."""

from __future__ import annotations

import pytest

from bot.core.diagnosis import ImageFacts, PythonPackage, Subject
from bot.core.finding import Confidence
from bot.core.system.images import describe_image
from bot.core.system.resolve import Resolution, resolve


def cure(image: str, kind: str, name: str, package: str = "") -> Resolution:
    facts = describe_image(image) if image else ImageFacts()
    return resolve(facts, [Subject(kind, name)], PythonPackage(package) if package else None)


def line(resolution: Resolution) -> str:
    install = resolution.install
    return " ".join((install.manager, *install.packages)) if install else ""


@pytest.mark.parametrize(
    ("image", "kind", "name", "package", "expected"),
    [
        ("python:3.11-slim", "command", "pg_config", "psycopg2", "apt gcc libc6-dev libpq-dev"),
        ("python:3.11-alpine", "command", "pg_config", "psycopg2", "apk gcc libpq-dev musl-dev"),
        ("fedora:40", "command", "pg_config", "psycopg2", "dnf gcc libpq-devel python3-devel"),
        ("python:3.11-slim", "compiler", "gcc", "python-ldap", "apt gcc libc6-dev libldap2-dev libsasl2-dev"),
        ("ubuntu:22.04", "header", "sql.h", "pyodbc", "apt g++ unixodbc-dev"),
        ("rockylinux:9", "header", "sql.h", "", "dnf unixODBC-devel"),
        ("centos:7", "header", "jpeg", "", "yum libjpeg-turbo-devel"),
        ("python:3.11-slim", "library", "Berkeley DB", "bsddb3", "apt gcc libc6-dev libdb-dev"),
        ("python:3.11-alpine", "header", "linux/ethtool.h", "psutil", "apk gcc linux-headers musl-dev"),
        ("python:3.11-alpine", "library", "libfoo.so.3", "", "apk so:libfoo.so.3"),
        ("fedora:40", "pkg-config", "no-such-module", "", "dnf pkgconfig(no-such-module)"),
        ("python:3.11-alpine", "library", "libGL.so.1", "", "apk mesa-gl"),
        ("python:3.11-alpine", "pkg-config", "cairo", "", "apk cairo-dev"),
        ("python:3.11-alpine", "command", "pdfinfo", "", "apk poppler-utils"),
        ("debian:12", "package", "python3-venv", "", "apt python3-venv"),
        ("python:3.11-slim", "compiler", "C compiler", "soxr", "apt g++"),
    ],
)
def test_one_line_cures_the_whole_chain(image: str, kind: str, name: str, package: str, expected: str):
    assert line(cure(image, kind, name, package)) == expected


def test_libraries_that_are_loaded_when_the_build_is_done_are_in_the_line():
    found = cure("python:3.11-slim-bookworm", "compiler", "gcc", "openslide-python")
    assert line(found) == "apt gcc libc6-dev libopenslide0"
    assert found.run_time == ("libopenslide0",)


def test_run_time_libraries_are_told_apart():
    found = cure("python:3.11-slim", "library", "libGL.so.1", "opencv-python")
    assert line(found) == "apt libgl1 libglib2.0-0"
    assert found.run_time == ("libgl1", "libglib2.0-0")
    assert "opencv-python-headless" in found.hint


def test_what_the_image_has_is_another_cause():
    found = cure("python:3.11", "command", "pg_config", "psycopg2")
    assert found.install is None
    assert found.present == (Subject("command", "pg_config"),)


def test_missing_python_headers_in_an_official_image_are_no_missing_package():
    assert cure("python:3.11-slim", "header", "Python.h").install is None
    assert line(cure("ubuntu:20.04", "header", "Python.h")) == "apt python3-dev"


def test_an_unknown_image_is_answered_for_debian_with_less_confidence():
    found = cure("", "command", "curl-config", "pycurl")
    assert line(found) == "apt gcc libc6-dev libcurl4-openssl-dev libssl-dev"
    assert found.confidence is Confidence.MEDIUM


def test_an_unknown_header_is_said_to_be_unknown():
    found = cure("python:3.11-slim", "header", "no/such/header_of_ours.h")
    assert found.install is None
    assert found.unresolved == (Subject("header", "no/such/header_of_ours.h"),)


def test_a_full_sized_answer_has_no_package_twice():
    found = cure("python:3.11-slim-bookworm", "header", "lber.h", "python-ldap")
    assert line(found) == "apt gcc libc6-dev libldap2-dev libsasl2-dev"


@pytest.mark.parametrize(
    ("kind", "name", "package", "wanted"),
    [
        ("header", "Eigen/Core", "", "libeigen3-dev"),
        ("header", "libxml2/libxslt", "lxml", "libxslt1-dev"),
        ("command", "CMAKE_MAKE_PROGRAM", "", "make"),
        ("compiler", "CMAKE_C_COMPILER", "", "gcc"),
        ("library", "lapack", "", "liblapack-dev"),
        ("library", "libhdf5.so", "", "libhdf5-dev"),
        ("library", "libmagic", "python-magic", "libmagic1"),
        ("cmake", "OpenSSL", "", "libssl-dev"),
        ("pkg-config", "libvirt >= 3.0", "", "libvirt-dev"),
    ],
)
def test_what_logs_call_things_is_understood(kind: str, name: str, package: str, wanted: str):
    install = cure("python:3.11-slim-bookworm", kind, name, package).install
    assert install is not None
    assert wanted in install.packages


def test_the_log_is_believed_where_the_image_is_known_in_part():
    assert line(cure("bitnami/python:3.9", "compiler", "gcc", "regex")) == "apt gcc libc6-dev"


def test_a_missing_file_of_the_compiler_flags_is_the_package_that_has_them():
    macros = "/usr/lib/rpm/redhat/redhat-hardened-cc1"
    assert line(cure("rockylinux:9", "file", macros)) == "dnf redhat-rpm-config"


def test_a_symptom_that_no_table_has_is_cured_by_what_the_package_needs():
    found = cure("python:3.11-slim", "command", "freetype-config", "aggdraw")
    assert line(found) == "apt g++ libfreetype-dev"
    assert found.confidence is Confidence.MEDIUM
    assert cure("python:3.11-slim", "command", "freetype-config", "no-such-package").install is None


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("ubuntu:22.04", "apt gcc libc6-dev libpq-dev python3-dev"),
        ("alpine:3.18", "apk gcc libpq-dev musl-dev python3-dev"),
        ("rockylinux:9", "dnf gcc libpq-devel python3-devel"),
    ],
)
def test_a_python_of_the_distribution_needs_its_headers_too(image: str, expected: str):
    assert line(cure(image, "command", "pg_config", "psycopg2")) == expected


def test_a_package_that_the_suite_does_not_have_is_not_named():
    image = describe_image("python:3.11-slim-bookworm")
    found = resolve(image, [Subject("pkg-config", "cairo")], PythonPackage("pygobject", "3.52.0"))
    assert line(found) == "apt gcc libc6-dev libcairo2-dev pkg-config"
    assert line(cure("python:3.11-slim-bullseye", "header", "ldap.h", "")) == "apt libldap2-dev"
