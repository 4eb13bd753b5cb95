"""The hand-written tables name packages that Debian has, and no row stands twice."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from bot.core.system.debian import is_package
from bot.core.system.names import COMPILERS, tool_packages
from bot.core.system.tables import table_rows

SUITES = "bkt"


def exists(package: str) -> bool:
    return any(is_package(package, suite) for suite in SUITES)


def test_written_needs_name_packages_of_debian():
    named = {name for row in table_rows("sdist-needs") for name in (*row[2].split(), *row[4].split())}
    assert sorted(name for name in named if not exists(name)) == []


def test_written_needs_name_tools_that_are_known():
    tools = {tool for row in table_rows("sdist-needs") for tool in row[3].split()}
    assert sorted(tool for tool in tools if tool not in COMPILERS and not tool_packages(tool, "debian", "t")) == []


def test_written_needs_are_by_normal_name_and_once():
    rows = [row[:2] for row in table_rows("sdist-needs")]
    names = [name for name, _ in rows]
    assert names == sorted(names)
    assert len(rows) == len(set(rows))
    assert names == [canonicalize_name(name) for name in names]


def test_words_of_logs_name_packages_of_debian():
    assert sorted(package for _, package in table_rows("library-words") if not exists(package)) == []


def test_commands_name_packages_of_debian():
    packages = {row[1] for row in table_rows("commands")} - {"-", ""}
    assert sorted(name for name in packages if not exists(name)) == []
