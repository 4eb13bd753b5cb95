"""What packages need, by release."""

from __future__ import annotations

import pytest

from bot.core.system.needs import find_needs


@pytest.mark.parametrize(
    ("name", "version", "build", "tools"),
    [
        ("psycopg2", "2.9.13", ("libpq-dev",), ("cc",)),
        ("Python_LDAP", "", ("libldap2-dev", "libsasl2-dev"), ("cc",)),
        ("cryptography", "3.3.2", ("libssl-dev", "libffi-dev"), ("cc",)),
        ("cryptography", "45.0", ("libssl-dev",), ("cc", "rust", "pkg-config")),
        ("cryptography", "", ("libssl-dev",), ("cc", "rust", "pkg-config")),
        ("cryptography", "not a version", ("libssl-dev",), ("cc", "rust", "pkg-config")),
        ("python-snappy", "0.6.1", ("libsnappy-dev",), ("c++",)),
        ("python-snappy", "0.7.3", (), ()),
    ],
)
def test_the_release_decides(name: str, version: str, build: tuple[str, ...], tools: tuple[str, ...]):
    needs = find_needs(name, version)
    assert needs is not None
    assert (needs.build, needs.tools) == (build, tools)


def test_an_unknown_package_is_unknown():
    assert find_needs("no-such-package-of-ours") is None


def test_debians_build_dependencies_serve_where_nothing_is_written():
    needs = find_needs("cypari2")
    assert needs is not None
    assert "libpari-dev" in needs.build
    assert not needs.certain
