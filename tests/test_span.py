"""Places in a text."""

from bot.core.span import LineIndex, Position, Span


def test_a_position_counts_lines_and_columns_from_one():
    index = LineIndex("ab\ncd\n")
    assert index.position(0) == Position(1, 1)
    assert index.position(4) == Position(2, 2)
    assert index.position(99) == Position(3, 1)


def test_a_line_span_holds_its_line_end():
    index = LineIndex("ab\r\ncd")
    assert index.line_span(1) == Span(0, 4)
    assert index.line_span(2) == Span(4, 6)
