"""Splices at the level of YAML, and the only place where text is changed."""

import pytest

from bot.core.edits.keywords import remove_keyword, set_keyword
from bot.core.edits.scripts import append_line, insert_line, remove_line
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.fix import Edit
from bot.core.source import SourceFile
from bot.core.span import Span
from tests.core.edits.edited import edited


def spliced(*edits):
    return apply_edits({"f": SourceFile("f", "abcdef")}, [Edit("f", Span(*span), text) for span, text in edits])


def test_edits_are_applied_in_any_order():
    assert spliced(((4, 5), "E"), ((0, 1), "A"))["f"].text == "AbcdEf"


@pytest.mark.parametrize(
    "edits",
    [[((0, 3), "x"), ((2, 4), "y")], [((1, 1), "x"), ((1, 1), "y")], [((5, 9), "x")]],
)
def test_edits_that_touch_or_lie_outside_are_refused(edits):
    with pytest.raises(EditRefused):
        spliced(*edits)


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(EditRefused):
        apply_edits({}, [Edit("f", Span(0, 0), "x")])


def test_a_key_without_a_value_gets_one():
    text = "x:\n  cache:\n  script: [a]\n"
    after = edited(text, ["x"], lambda t: set_keyword(t, "cache", {"paths": ["b"]}))
    assert after == "x:\n  cache:\n    paths:\n      - b\n  script: [a]\n"
    after = edited("x:\n  image:\n  script: [a]\n", ["x"], lambda t: set_keyword(t, "image", "i"))
    assert after == "x:\n  image: i\n  script: [a]\n"


def test_a_list_in_brackets_over_several_lines_keeps_its_shape():
    text = "x:\n  script: [\n    a,\n    b\n  ]\n"
    after = edited(text, ["x"], lambda t: append_line(t, "script", "c"))
    assert after == "x:\n  script: [\n    a,\n    b,\n    c\n  ]\n"
    after = edited(text, ["x"], lambda t: insert_line(t, "c", t.jobs[0].script[0]))
    assert after == "x:\n  script: [\n    c,\n    a,\n    b\n  ]\n"


@pytest.mark.parametrize(("index", "left"), [(0, "[b, c]"), (1, "[a, c]"), (2, "[a, b]")])
def test_an_item_leaves_its_brackets(index, left):
    text = "x:\n  script: [a, b, c]\n"
    after = edited(text, ["x"], lambda t: remove_line(t, t.jobs[0].script[index]))
    assert after == text.replace("[a, b, c]", left)


def test_a_key_leaves_its_braces():
    text = "x: {image: i, script: [a]}\n"
    assert edited(text, ["x"], lambda t: remove_keyword(t, "image")) == "x: {script: [a]}\n"


def test_an_item_beside_other_text_is_not_removed():
    text = "x:\n  script:\n    - a\n    - - b\n      - c\n"
    assert edited(text, ["x"], lambda t: remove_line(t, t.jobs[0].script[2])) == text.replace("      - c\n", "")
    with pytest.raises(EditRefused):
        edited(text, ["x"], lambda t: remove_line(t, t.jobs[0].script[1]))


def test_the_last_key_leaves_no_blank_line_behind():
    text = "x:\n  script: [a]\n  image: i"
    assert edited(text, ["x"], lambda t: remove_keyword(t, "image")) == "x:\n  script: [a]"


def test_an_anchor_behind_the_colon_is_replaced_with_its_value():
    text = "x:\n  image: &i\n    name: a\n  script: [a]\n"
    assert edited(text, ["x"], lambda t: set_keyword(t, "image", "b")) == "x:\n  image: b\n  script: [a]\n"


def test_texts_over_several_lines_become_blocks():
    after = edited("x:\n  script:\n    - a\n", ["x"], lambda t: append_line(t, "script", "b\nc: d"))
    assert after == "x:\n  script:\n    - a\n    - |-\n      b\n      c: d\n"
