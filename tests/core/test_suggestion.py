"""Suggestions: the lines that they replace, and when a fix is no suggestion."""

import pytest

from bot.core.fix import Applicability, Edit, Fix
from bot.core.source import SourceFile
from bot.core.span import Span
from bot.core.suggestion import fits, suggestion_for

TEXT = "a: 1\nb: 2\nc: 3\n"


def fix(start, end, text, path="f"):
    return Fix("Change it", Applicability.SAFE, (Edit(path, Span(start, end), text),))


@pytest.mark.parametrize(
    ("change", "first", "last", "lines"),
    [
        (fix(8, 9, "9"), 2, 2, ("b: 9",)),
        (fix(3, 9, "0\nb: 0"), 1, 2, ("a: 0", "b: 0")),
        (fix(10, 10, "x: 1\n"), 2, 2, ("b: 2", "x: 1")),
        (fix(0, 0, "x: 1\n"), 1, 1, ("x: 1", "a: 1")),
        (fix(5, 10, ""), 2, 2, ()),
    ],
)
def test_the_changed_lines_are_replaced(change, first, last, lines):
    found = suggestion_for(change, SourceFile("f", TEXT))
    assert (found.first, found.last, found.lines) == (first, last, lines)
    old = TEXT.splitlines()
    assert [*old[: first - 1], *lines, *old[last:]] == "".join(
        (TEXT[: change.edits[0].span.start], change.edits[0].text, TEXT[change.edits[0].span.end :])
    ).splitlines()


def test_the_block_names_the_lines_above_the_commented_one():
    found = suggestion_for(fix(3, 9, "0\nb: 0"), SourceFile("f", TEXT))
    assert found.block == "```suggestion:-1+0\na: 0\nb: 0\n```"


def test_backticks_inside_a_line_make_the_fence_longer():
    found = suggestion_for(fix(8, 9, "`````"), SourceFile("f", TEXT))
    assert found.block.startswith("``````suggestion:-0+0\n")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (fix(8, 9, "9", path="other"), TEXT),
        (fix(8, 9, "9"), TEXT.replace("\n", "\r\n")),
        (fix(8, 9, "2"), TEXT),
        (fix(5, 5, "/close\n"), TEXT),
        (fix(38, 38, "b: 2\n"), "a: glpat-MadeUpForThisTest-0123456789\n"),
        (fix(5, 5, "```\n"), TEXT),
        (fix(5, 5, "x: 1\n" * 200), TEXT),
        (fix(14, 15, ""), TEXT),
        (fix(50, 60, ""), TEXT),
    ],
)
def test_what_a_suggestion_cannot_say_safely_is_none(change, text):
    assert suggestion_for(change, SourceFile("f", text)) is None


def test_every_replaced_line_must_be_in_the_diff():
    found = suggestion_for(fix(3, 9, "0\nb: 0"), SourceFile("f", TEXT))
    assert fits(found, {1, 2, 3})
    assert not fits(found, {2, 3})
