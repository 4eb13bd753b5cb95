"""Versions: equality, and bumps compared with poetry-core's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from poetry.core.constraints.version import Version as PoetryVersion

from bot.core.python.versions import Bump, bumped, next_free, same_version, sorted_versions

numbers = st.integers(min_value=0, max_value=30)
releases = st.lists(numbers, min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
tags = st.sampled_from(["", "a1", "rc2", ".dev4", ".post1", "+local"])


@given(releases, tags, st.sampled_from(list(Bump)))
def test_bump_is_what_poetry_makes_of_it(release: str, tag: str, bump: Bump) -> None:
    expected = getattr(PoetryVersion.parse(release + tag), f"next_{bump}")()
    assert bumped(release + tag, bump) == str(expected)


@pytest.mark.parametrize("bump", list(Bump))
@pytest.mark.parametrize("version", ["1.2.3.4", "1.2.3.4a1", "1!2.0", "2024.01.05"])
def test_bump_of_an_unusual_version_is_later(version: str, bump: Bump) -> None:
    later = bumped(version, bump)
    assert later is not None
    assert sorted_versions([later, version]) == [version, later]


def test_equal_versions_in_other_words_are_the_same() -> None:
    assert same_version("1.0", "v1.0.0")
    assert same_version("1.2.3-beta.1", "1.2.3b1")
    assert not same_version("1.0", "1.0.post1")
    assert same_version("not a version", "not a version ")


def test_next_free_version_skips_those_that_are_taken() -> None:
    assert next_free("0.1.0", {"0.1.0", "v0.1.1", "0.1.2"}) == "0.1.3"
    assert next_free("0.1.0", set(), Bump.MINOR) == "0.2.0"
    assert next_free("release-1", set()) is None
