"""New YAML text for values: scalars with the quotes that they need, small blocks in the file's style."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from bot.core.edits.style import Style
from bot.core.edits.text import EditRefused
from bot.core.yamlwords import is_date, resolve

Plain: TypeAlias = "str | int | float | bool | Raw | Sequence[Plain] | Mapping[str, Plain] | None"

_UNSAFE_START = re.compile(r"[-?:](?:\s|\Z)|[,\[\]{}#&*!|>'\"%@`\s]|---|\.\.\.|<<|=\Z")
_UNSAFE_INSIDE = re.compile(r":(?:\s|\Z)|\s#|\s\Z|[\t\r\n]")
_CONTROL = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Raw(str):
    """YAML text that is put in as it is: an alias, a `!reference`."""

    __slots__ = ()


def render_scalar(text: str, *, quote: str = '"', like: str = "", flow: bool = False) -> str:
    """Return one line of YAML that reads as this very string. ``like``: the quote that the neighbours have."""
    if _CONTROL.search(text) or "\n" in text:
        raise EditRefused("a text with control characters or line ends cannot stand on one line")
    if not like and _is_plain(text, flow=flow):
        return text
    wanted = like or quote
    if wanted == "'" or (not like and '"' in text) or "\\" in text:
        wanted = "'"
    if wanted == "'":
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(text: str, *, flow: bool) -> bool:
    if not text or _UNSAFE_START.match(text) or _UNSAFE_INSIDE.search(text) or is_date(text):
        return False
    if flow and re.search(r"[,\[\]{}]|:", text):
        return False
    return resolve(text, plain=True) == text and isinstance(resolve(text, plain=True), str)


def render_key(text: str, style: Style) -> str:
    """Return a key."""
    return render_scalar(text, quote=style.quote)


def render_flow(value: Plain, style: Style) -> str:
    """Return a value as it stands inside brackets."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, str):
        return render_scalar(value, quote=style.quote, flow=True)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{render_key(key, style)}: {render_flow(held, style)}" for key, held in value.items())
        return f"{{{inner}}}"
    if isinstance(value, Sequence):
        return f"[{', '.join(render_flow(item, style) for item in value)}]"
    return _word(value)


def _word(value: float | bool | None) -> str:  # noqa: FBT001 - a value of any plain type
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def render_entry(key: str, value: Plain, style: Style) -> list[str]:
    """Return the lines of `key: value` as they stand at column 0."""
    head = f"{render_key(key, style)}:"
    if isinstance(value, str) and not isinstance(value, Raw) and "\n" in value:
        return [f"{head} |{_chomping(value)}", *_indented(value.rstrip("\n").split("\n"), style.step)]
    if _is_collection(value) and value:
        indent = style.dash if not isinstance(value, Mapping) else style.step
        return [head, *_indented(render_block(value, style), indent)]
    return [f"{head} {render_inline(value, style)}"]


def render_inline(value: Plain, style: Style) -> str:
    """Return a value that stands on the line of its key or dash."""
    if isinstance(value, str) and not isinstance(value, Raw):
        return render_scalar(value, quote=style.quote)
    return render_flow(value, style)


def render_block(value: Plain, style: Style) -> list[str]:
    """Return the lines of a mapping or a list as they stand at column 0."""
    if isinstance(value, Mapping):
        return [line for key, held in value.items() for line in render_entry(key, held, style)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [line for item in value for line in render_item(item, style)]
    return [render_inline(value, style)]


def render_item(value: Plain, style: Style, like: str = "") -> list[str]:
    """Return the lines of one item of a list, with its dash at column 0."""
    if isinstance(value, str) and not isinstance(value, Raw):
        if "\n" in value:
            return [f"- |{_chomping(value)}", *_indented(value.rstrip("\n").split("\n"), 2)]
        return [f"- {render_scalar(value, quote=style.quote, like=like)}"]
    if _is_collection(value) and value:
        lines = render_block(value, style)
        return [f"- {lines[0]}", *_indented(lines[1:], 2)]
    return [f"- {render_inline(value, style)}"]


def _is_collection(value: Plain) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def _chomping(value: str) -> str:
    return "" if value.endswith("\n") else "-"


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line if line else line for line in lines]
