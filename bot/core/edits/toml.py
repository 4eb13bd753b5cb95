"""Values in `pyproject.toml` and other TOML files: set, with every other byte as it was."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from bot.core.edits.text import EditRefused, apply_edits
from bot.core.finding import Location
from bot.core.fix import Edit
from bot.core.source import SourceFile
from bot.core.span import Span

Value: TypeAlias = "str | int | bool | Sequence[Value]"
_ESCAPED = frozenset("\"\\'")


def replace_string(file: SourceFile, place: Location, text: str) -> Edit:
    """Replace what stands between the quotes of a string: `replace_string(file, project.version_at, "1.2.4")`."""
    if _ESCAPED & set(text) or not text.isprintable():
        raise EditRefused(f"`{text}` cannot be written into `{file.path}` as it is")
    edit = Edit(file.path, place.span, text)
    before, after = _read(file), _read(apply_edits({file.path: file}, [edit])[file.path])
    old = place.span.of(file.text)
    if len(_differences(before, after)) != 1 or _differences(before, after)[0] != (old, text):
        raise EditRefused(f"the place in `{file.path}` does not hold the text `{old}`")
    return edit


def set_value(file: SourceFile, keys: Sequence[str], value: Value) -> Edit:
    """Set a value by its keys: `set_value(file, ["tool", "poetry", "package-mode"], False)`; tables are made."""
    try:
        document = tomlkit.parse(file.text)
        table: Any = document
        for key in keys[:-1]:
            table = table.setdefault(key, tomlkit.table())
        table[keys[-1]] = value
        edit = _difference(file, tomlkit.dumps(document))
    except (TOMLKitError, AttributeError, TypeError) as error:
        raise EditRefused(f"`{'.'.join(keys)}` cannot be set in `{file.path}` ({error})") from None
    wanted = _with(_read(file), keys, value)
    if _read(apply_edits({file.path: file}, [edit])[file.path]) != wanted:
        raise EditRefused(f"setting `{'.'.join(keys)}` would change more of `{file.path}`")
    return edit


def _read(file: SourceFile) -> dict[str, Any]:
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise EditRefused(f"`{file.path}` is no valid TOML ({error})") from None


def _with(data: dict[str, Any], keys: Sequence[str], value: Value) -> dict[str, Any]:
    if len(keys) == 1:
        return {**data, keys[0]: value}
    return {**data, keys[0]: _with(data.get(keys[0], {}), keys[1:], value)}


def _difference(file: SourceFile, new: str) -> Edit:
    """Return the smallest single splice that makes a text of another."""
    old = file.text
    start = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    room = min(len(old), len(new)) - start
    tail = next((at for at in range(room) if old[-1 - at] != new[-1 - at]), room)
    return Edit(file.path, Span(start, len(old) - tail), new[start : len(new) - tail])


def _differences(before: Any, after: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - what TOML holds
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        return [pair for key in before for pair in _differences(before[key], after[key])]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [pair for a, b in zip(before, after, strict=True) for pair in _differences(a, b)]
    return [] if before == after else [(before, after)]
