"""Makes any text safe to show in GitLab's Markdown: it can neither notify, link, act nor break the layout.

GitLab resolves references (`@user`, `#1`, `GL-1`, commit ids) after rendering, in every text that is not code,
and runs quick actions from raw lines. So a word that is not plain becomes a code span, and a quoted line never
stands at the start of a line. Escapes and entities are not enough: they are gone when references are sought.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

_PLAIN = re.compile(r"[\w.,;:?()'\"/=+-]+")
_TROUBLE = re.compile(
    r"""_                          # emphasis
    | ://|\bwww\.                  # autolinks
    | :[\w+-]+:                    # emoji
    | \b[A-Za-z][A-Za-z0-9]*-\d    # issue trackers (GL-1, ABC-12)
    | \b[0-9a-f]{7,40}\b           # commits
    | ^/                           # quick actions
    """,
    re.VERBOSE,
)
_BLOCK_START = re.compile(r"[-+=]+|\d+[.)]")
_TICKS = re.compile("`+")
_SHOWN = {"\t": " ", "\n": " ", "\r": " ", "\v": " ", "\f": " ", "\x85": " ", "\u2028": " ", "\u2029": " "}
_MARKS_IN_A_ROW = 2


def visible(text: str) -> str:
    """Return one line in which every control, direction and invisible character can be seen."""
    shown: list[str] = []
    marks = 0
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks > _MARKS_IN_A_ROW:
            continue
        if char in _SHOWN:
            shown.append(_SHOWN[char])
        elif kind[0] == "C" or char in "\u115f\u1160\u3164\uffa0\u2800":
            shown.append(f"<U+{ord(char):04X}>")
        else:
            shown.append(" " if kind[0] == "Z" else char)
    return "".join(shown)


def clip(text: str, limit: int) -> str:
    """Return the text cut to a length, an ellipsis at its end where something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def code(text: str, limit: int = 200) -> str:
    """Return a code span that shows the text as it is."""
    shown = clip(visible(_start(text, limit)).strip(), limit)
    if not shown:
        return "` `"
    ticks = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def prose(text: str, limit: int = 600) -> str:
    """Return a sentence for Markdown: what stands between backticks stays code, odd words become code."""
    parts = clip(visible(_start(text, limit)).strip(), limit).split("`")
    if len(parts) % 2 == 0:  # an unpaired backtick: it quotes nothing
        parts[-2:] = [f"{parts[-2]}'{parts[-1]}"]
    pieces: list[str] = []
    for number, part in enumerate(parts):
        if number % 2:
            pieces.append(code(part))
        else:
            pieces.append("".join(_word(word) for word in re.split(r"(\s+)", part)))
    return _without_block_start(_apart("".join(f"\0{piece}" for piece in pieces).split("\0")))


def fence(lines: Sequence[str], info: str = "") -> str:
    """Return a fenced block that no line of it can close. The caller makes the lines visible or trusts them."""
    longest = max((len(run) for line in lines for run in _TICKS.findall(line)), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join((f"{ticks}{info}", *lines, ticks))


def link(label: str, url: str) -> str:
    """Return a link; the label is Markdown made by this module. Without an address it is the label alone."""
    return f"[{label}](<{quote(url, safe=_URL_CHARACTERS, errors='replace')}>)" if url else label


def _start(text: str, limit: int) -> str:
    """As much as can be shown, whatever is stripped: nobody waits for the rest of a megabyte."""
    return text[: 8 * limit]


_URL_CHARACTERS = "/:?#=&%~+,;@!-._"


def _word(word: str) -> str:
    if not word or word.isspace():
        return " " if word else ""
    body = word.rstrip(".,;:?)")
    lead = "(" if body.startswith("(") else ""
    body = body.removeprefix("(")
    tail = word[len(lead) + len(body) :]
    if not body or (_PLAIN.fullmatch(body) and not _TROUBLE.search(word[len(lead) :])):
        return word
    return f"{lead}{code(body)}{tail}"


def _apart(pieces: list[str]) -> str:
    """Join; code spans that touch get a space, lest their backticks run together."""
    joined = ""
    for piece in pieces:
        joined += " " + piece if joined.endswith("`") and piece.startswith("`") else piece
    return joined


def _without_block_start(text: str) -> str:
    first, space, rest = text.partition(" ")
    return f"{code(first)}{space}{rest}" if _BLOCK_START.fullmatch(first) else text
