"""The block table finds what a plain sorted list would find."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.core.system.blocks import BlockTable, pack_lines
from bot.core.system.tables import block_table

WORDS = st.text(alphabet="abcé\t.-", min_size=1, max_size=12).filter(lambda text: text.strip() == text)


@given(st.sets(WORDS, min_size=1, max_size=60), WORDS)
def test_a_prefix_finds_the_lines_that_begin_with_it(lines: set[str], prefix: str):
    table = BlockTable(pack_lines(lines))
    assert list(table.lines(prefix)) == [line for line in sorted(lines) if line.startswith(prefix)]


def test_lines_of_several_blocks_are_found():
    lines = [f"key{number:05}\t{'x' * 100}" for number in range(2000)]
    table = BlockTable(pack_lines(lines))
    assert len(list(table.lines("key0"))) == 2000
    assert table.row("key01234") == ("x" * 100,)
    assert table.row("key") == ()


def test_the_packaged_table_answers_a_known_question():
    assert block_table("debian-files").row("pc", "libpq") == ("libpq-dev",)
