"""The packaged tables of `bot.data`: the one place of the core that reads files, and only its own.

Each table is read when the first question asks for it and kept.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from bot.core.system.blocks import BlockTable


@cache
def block_table(name: str) -> BlockTable:
    """Return a big table, such as `debian-files`."""
    return BlockTable(files("bot.data").joinpath(f"{name}.blocks").read_bytes())


@cache
def table_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a small table without its comments and its line of column names."""
    text = files("bot.data").joinpath(f"{name}.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line and not line.startswith("#")]
    return tuple(tuple(line.split("\t")) for line in lines[1:])
