"""A line as its tool wrote it: without what Poetry, docker build and rich put around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Poetry 2 indents a backend's output with a bar; docker build numbers its steps, and repeats the last lines of the
# failed one after their seconds; docker compose names the service, pipenv its exception.
_WRAPPER = re.compile(
    r"^(?: {2,6}\| ?|#\d+ (?:\d+\.\d+ )?|(?:\d\.\d{3}|\d\d\.\d\d|\d{3,4}\.\d) (?=\D|$)|[\w.-]+[-_]\d+ +\| "
    r"|\[pipenv\.exceptions\.\w+\]: ?)"
)
# Poetry 1.2 to 1.7 leaks a tag.
_TAG = re.compile(r"</?c1>")
_RICH = re.compile(r"(?:^|: )(?:ERROR|WARNING|INFO) {2,}\S")
_RICH_INDENT = " " * 9
_LONGEST = 2_000
_PREFIX = 60  # letters in which the name of a compose service ends


def plain_texts(texts: Sequence[str]) -> list[str]:
    """One text a line, for matching only; twine's lines, wrapped at 80 columns, are joined at their first one."""
    plain = [_unwrapped(text) for text in texts]
    anchor = -1
    for index, text in enumerate(plain):
        if anchor >= 0 and text.startswith(_RICH_INDENT) and len(plain[anchor]) < _LONGEST:
            plain[anchor] += " " + text.strip()
        else:
            anchor = index if "  " in text and _RICH.search(text) else -1
    return plain


def _unwrapped(text: str) -> str:
    if text.startswith(("  ", "#", "[pipenv")) or " | " in text[:_PREFIX] or text[:1].isdigit():
        text = _WRAPPER.sub("", text, count=1)
    if "c1>" in text:
        text = _TAG.sub("", text)
    return text
