"""Sections of the file as such: `default:`, `variables:`, templates."""

from __future__ import annotations

from bot.core.edits.render import Plain, render_entry
from bot.core.edits.style import style_near
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Mapping

_BEFORE = ("spec", "include", "workflow", "stages", "image", "services", "variables", "default", "cache")


def add_section(target: Target, name: str, value: Plain) -> Edit:
    """Add a top-level key behind those that usually come first, with a blank line around it."""
    document = target.document(target.pipeline.path)
    root = document.roots[-1]
    if not isinstance(root, Mapping) or root.flow:
        raise EditRefused(f"`{document.path}` is written in an unusual way")
    if root.entry(name) is not None:
        raise EditRefused(f"`{document.path}` has `{name}` already")
    style = style_near(document)
    lines = "".join(line + style.line_end for line in render_entry(name, value, style))
    following = next((entry for entry in root.entries if entry.name not in _BEFORE), root.entries[-1])
    at = block_start(document.text, following.key.outer_start)
    return Edit(document.path, Span(at, at), lines + style.line_end)


def block_start(text: str, offset: int) -> int:
    """Return the start of a top-level key's line, or of the comment block directly above it."""
    start = text.rfind("\n", 0, offset) + 1
    if text[start:offset].strip():
        raise EditRefused("the key does not begin a line")
    while start > 0:
        above = text.rfind("\n", 0, start - 1) + 1
        if not text[above:start].startswith("#"):
            break
        start = above
    return start
