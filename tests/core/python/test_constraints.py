"""Poetry's constraints, compared with poetry-core's own reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from poetry.core.constraints.version import Version, parse_constraint

from bot.core.python.constraints import Constraint, read_constraint

number = st.integers(min_value=0, max_value=4)
versions = st.lists(number, min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
simple = st.tuples(st.sampled_from(["^", "~", ">=", "<", ">", "<=", "==", "!=", ""]), versions).map("".join)
conjunctions = st.lists(simple, min_size=1, max_size=2).map(",".join)
constraints = st.lists(conjunctions, min_size=1, max_size=2).map(" || ".join)


@given(constraints, versions)
def test_versions_are_judged_as_poetry_does(constraint: str, version: str) -> None:
    assert Constraint(constraint).allows(version) == parse_constraint(constraint).allows(Version.parse(version))


@pytest.mark.parametrize(
    ("constraint", "inside", "outside"),
    [
        ("^3.10", "3.14.1", "4.0.0"),
        ("~3.8", "3.8.20", "3.9.0"),
        (">=3.8 <3.12", "3.11.9", "3.12.0"),
        ("3.*", "3.99", "4.0"),
        ("~2.7 || ^3.6", "3.12", "3.5"),
        ("3.11", "3.11", "3.11.7"),
        ("^3.10 ", "3.10", "3.9.20"),
    ],
)
def test_usual_forms(constraint: str, inside: str, outside: str) -> None:
    found = Constraint(constraint)
    assert found.allows(inside)
    assert not found.allows(outside)


def test_minor_versions() -> None:
    assert Constraint(">=3.10.5,<3.12").allows_any_of("3.10")
    assert not Constraint(">=3.10.5,<3.12").allows_all_of("3.10")
    assert not Constraint("^3.10").allows_any_of("3.9")


@pytest.mark.parametrize("text", ["", None, "three", ">=3.x", "^"])
def test_text_that_is_no_constraint_is_none(text: str | None) -> None:
    assert read_constraint(text) is None
