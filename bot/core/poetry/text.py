"""Variables in texts of the configuration, replaced as far as they are known."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.ASCII)
_MAX_LEVELS = 10
_MAX_LENGTH = 4096


def expand(text: str, variables: Mapping[str, str]) -> str:
    """Return the text with every known variable replaced; unknown ones stay as written."""
    for _ in range(_MAX_LEVELS):
        expanded = _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], found[0]), text)
        if expanded == text or len(expanded) > _MAX_LENGTH:
            return text
        text = expanded
    return text


def is_certain(text: str) -> bool:
    """Whether no variable and no command is left in an expanded text."""
    return "$" not in text and "`" not in text
