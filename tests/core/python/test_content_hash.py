"""The content hash against those that real Poetry releases computed."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from packaging.version import Version

from bot.core.python.content_hash import content_hash, is_fresh, is_stale_for_all
from bot.core.python.lock import Lock

RECORDED = json.loads((Path(__file__).parent / "content_hashes.json").read_text(encoding="utf-8"))
CASES = [(poetry, name) for poetry, hashes in RECORDED["hashes"].items() for name in hashes]


def project(name: str) -> dict:
    return tomllib.loads(RECORDED["projects"][name])


@pytest.mark.parametrize(("poetry", "name"), CASES)
def test_hash_is_the_one_that_this_poetry_writes(poetry: str, name: str) -> None:
    assert content_hash(project(name), Version(poetry)) == RECORDED["hashes"][poetry][name]


def test_lock_of_another_poetry_era_is_stale_for_none_of_them() -> None:
    for poetry, name in CASES:
        lock = Lock(content_hash=RECORDED["hashes"][poetry][name])
        assert not is_stale_for_all(project(name), lock)


def test_changed_dependency_makes_the_lock_stale_for_all() -> None:
    data = project("legacy")
    lock = Lock(content_hash=content_hash(data))
    data["tool"]["poetry"]["dependencies"]["requests"] = "^2"
    assert is_stale_for_all(data, lock)


def test_changed_version_leaves_the_lock_fresh() -> None:
    data = project("groups")
    lock = Lock(content_hash=content_hash(data))
    data["tool"]["poetry"]["version"] = "0.2.0"
    assert is_fresh(data, lock, Version("2.5.1"))


def test_lock_of_poetry_2_2_with_dependency_groups_is_fresh_for_newer_and_stale_the_other_way() -> None:
    data = project("dependency-groups")
    older = Lock(content_hash=content_hash(data, Version("2.2.1")), generator="2.2.1")
    newer = Lock(content_hash=content_hash(data, Version("2.3.0")), generator="2.3.0")
    assert is_fresh(data, older, Version("2.4.0"))
    assert not is_fresh(data, newer, Version("2.2.1"))
