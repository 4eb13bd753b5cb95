"""YAML nodes and their exact places: each trap of `code-style.md` section 4 is a test here."""

import pytest

from bot.core.span import Span
from bot.core.yamltree import MAX_DEPTH, Alias, Mapping, Scalar, Sequence, YamlError, parse_yaml, walk


def root(text: str) -> Mapping:
    node = parse_yaml("ci.yml", text).roots[0]
    assert isinstance(node, Mapping)
    return node


def value(text: str, name: str):
    entry = root(text).entry(name)
    assert entry
    return entry.value


def written(text: str, name: str) -> str:
    return value(text, name).span.of(text)


def traced(text: str, name: str) -> str:
    """Return the value as its offsets spell it, a question mark for an escape or fold."""
    scalar = value(text, name)
    return "".join(text[at] if at >= 0 else "?" for at in scalar.offsets(text))


def test_an_alias_has_its_own_place_and_its_anchors_value():
    text = "a: &x foo\nb: *x\n"
    alias = value(text, "b")
    assert isinstance(alias, Alias)
    assert alias.span.of(text) == "*x"
    assert isinstance(alias.target, Scalar)
    assert alias.target.span.of(text) == "foo"


@pytest.mark.parametrize(
    "text",
    ["a: &x foo\n", "a: !!str foo\n", "a: &x\n  !!str foo\n", "a: &x # a comment - really\n  foo\n"],
)
def test_a_span_begins_behind_anchor_and_tag_even_over_a_line_end(text):
    assert written(text, "a") == "foo"
    assert value(text, "a").outer_start == 3


@pytest.mark.parametrize("text", ["a: &x\n  - b\n", "a: &x # - c\n  # - d\n  - b\n", "a: !x\n- b\n"])
def test_an_anchored_list_begins_at_its_first_dash(text):
    assert written(text, "a") == "- b"


def test_a_tagged_list_in_brackets_begins_at_its_bracket():
    text = "a: !reference [b, script]\n"
    assert written(text, "a") == "[b, script]"
    assert value(text, "a").tag == "!reference"


def test_a_block_collection_ends_with_its_last_child():
    text = "a:\n  - b: 1\n    c: 2\n\n  # about d\nd: 1\n"
    assert written(text, "a") == "- b: 1\n    c: 2"


def test_an_open_collection_ends_behind_the_colon_of_an_empty_value():
    text = "a:\n  b:\n\n# more\nc: 1\n"
    assert written(text, "a") == "b:"
    assert value(text, "a").entries[0].value.span == Span(7, 7)


@pytest.mark.parametrize("mark", ["|", "|-", ">", ">-"])
def test_a_block_scalar_ends_before_trailing_blank_lines(mark):
    text = f"a: {mark}\n  x\n  y\n\n\nb: 1\n"
    assert written(text, "a") == f"{mark}\n  x\n  y"


def test_a_block_scalar_that_keeps_blank_lines_holds_them():
    text = "a: |+\n  x\n\n\nb: 1\n"
    assert written(text, "a") == "|+\n  x\n\n"
    assert value(text, "a").value == "x\n\n\n"


def test_a_plus_in_the_comment_of_a_block_header_keeps_nothing():
    assert written("a: | # c+d\n  x\n\n\nb: 1\n", "a") == "| # c+d\n  x"


def test_an_empty_value_stands_just_behind_its_colon_or_anchor():
    text = "a:\n\n# c\nb: &x\nc: 1\n"
    assert value(text, "a").span == Span(2, 2)
    assert value(text, "b").span.start == text.index("&x") + 2


def test_offsets_count_code_points_with_emoji_and_crlf():
    text = "\U0001f600: é\r\nb: |\r\n  \U0001f600x\r\n  y\r\nc: 'z'\r\n"
    assert traced(text, "b") == "\U0001f600x\ny\n"
    assert written(text, "c") == "'z'"
    assert written(text, "b") == "|\r\n  \U0001f600x\r\n  y"


def test_a_tab_before_a_comment_is_read():
    assert written("a:\t\n  - b\t# c\n", "a") == "- b"


def test_duplicate_keys_are_kept_and_the_last_counts():
    text = "a: 1\na: 2\n"
    assert len(root(text).entries) == 2
    assert value(text, "a").value == "2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: x y\n", "x y"),
        ("a: 'x y'\n", "x y"),
        ("a: 'it''s'\n", "it?s"),
        ('a: "say \\"x\\" y"\n', "say ?x? y"),
        ('a: "x \\\n   y"\n', "x y"),
        ("a: x\n  y\n\n  z\n", "x?y?z"),
        ("a: 'x\n  y'\n", "x?y"),
        ("a: >-\n  x\n  y\n", "x?y"),
        ("a: >\n  x\n    more\n  y\n", "x???more?y?"),
        ("a: |2-\n    x\n   y\n", "  x\n y"),
        ("a: |\n  x\n\n  y\n", "x\n\ny\n"),
        ("a: |+\n\n  x\n\nb: 1\n", "\nx\n\n"),
    ],
)
def test_each_character_of_a_value_is_found_in_the_text(text, expected):
    assert traced(text, "a") == expected


def test_every_node_is_found_by_its_span():
    document = parse_yaml("ci.yml", "a: [b, {c: d}]\ne: &x 'f'\n")
    for node in walk(document.roots[0]):
        found = document.node_at(node.span)
        assert found is node or isinstance(found, type(node)) or not node.span.of(document.text)


def test_a_header_gives_two_roots():
    document = parse_yaml("ci.yml", "spec:\n  inputs: {a: }\n---\nb: 1\n")
    assert len(document.roots) == 2


def test_a_syntax_error_tells_its_offset():
    text = "a:\n  - b\n c: [\n"
    with pytest.raises(YamlError) as caught:
        parse_yaml("ci.yml", text)
    assert text.count("\n", 0, caught.value.offset) in (2, 3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: *x\n", "no anchor"),
        ("a: &x [*x]\n", "holds itself"),
        ("[" * 200_000, "deeper than"),
        ("- " * 200_000, "deeper than"),
        ("a: \x07\n", "control character"),
        ("a: \ud800\n", "control character"),
        ("x" * (2 * 1024 * 1024 + 1), "larger than"),
        ("[" + "a," * 150_000 + "]", "more than"),
    ],
)
def test_what_gitlab_refuses_is_one_error(text, said):
    with pytest.raises(YamlError, match=said):
        parse_yaml("ci.yml", text)


def test_an_alias_bomb_is_refused_at_the_line_where_it_grows_too_large():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join(lines)
    with pytest.raises(YamlError) as caught:
        parse_yaml("ci.yml", text)
    assert text.count("\n", 0, caught.value.offset) == 4


def test_deep_but_allowed_nesting_is_read():
    text = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    node = parse_yaml("ci.yml", text).roots[0]
    assert isinstance(node, Sequence)
