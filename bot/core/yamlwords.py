"""What a plain YAML scalar means: the table of Ruby's Psych (YAML 1.1 with habits of its own).

Source: Psych's `ScalarScanner`. GitLab permits no dates (`Tried to load unspecified class: Date`), so a date is an
error there; a time of day such as 22:30 becomes 81000, because Psych takes two parts for hours and minutes.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Plain: TypeAlias = str | int | float | bool | None

_WORDS: dict[str, Plain] = {"~": None, "null": None, "": None}
_WORDS |= dict.fromkeys(("yes", "true", "on"), True) | dict.fromkeys(("no", "false", "off"), False)
_FLOATS = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_DATE = re.compile(r"\d{4}-(?:1[012]|0\d|\d)-(?:[12]\d|3[01]|0\d|\d)")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}(\.[0-9_]*)?")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_,]*)?\.[0-9]*(?:[eE][+-][0-9]+)?")
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0b_*(?P<two>[01][01_]*)|0_*(?P<eight>[0-7][0-7_]*)"
    r"|(?P<ten>0|[1-9](?:[0-9]|,[0-9]|_[0-9])*)|0x_*(?P<sixteen>[0-9a-fA-F][0-9a-fA-F_]*))"
)
_BASES = {"two": 2, "eight": 8, "ten": 10, "sixteen": 16}
_CORE_TAGS = "tag:yaml.org,2002:"
_TEXT_TAG = f"{_CORE_TAGS}str"
_LONGEST = 100  # no number that means something is longer; Python itself refuses 4,300 digits


def is_date(text: str) -> bool:
    """Whether a plain scalar is a date, which GitLab refuses to load."""
    return len(text) <= _LONGEST and bool(_DATE.fullmatch(text))


def resolve(text: str, *, plain: bool, tag: str | None = None) -> Plain:
    """Return what a scalar means; quoted and block scalars and those tagged `!!str` are text."""
    if tag == _TEXT_TAG or (not plain and not (tag or "").startswith(_CORE_TAGS)):
        return text
    if len(text) > _LONGEST:
        return text
    word = text.lower()
    if word in _WORDS:
        return _WORDS[word]
    if not text[0].isascii() or text[0] not in "0123456789+-.:":
        return text
    if text[0] == ":" and len(text) > 1:
        return text[1:].strip("\"'")
    return _number(text)


def to_text(value: Plain) -> str:
    """Return the text that GitLab makes of a value in `variables` and the like, as Ruby's `to_s` does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    return str(value)


def _float_text(value: float) -> str:
    if value != value:  # noqa: PLR0124 - the one value that differs from itself is NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    return repr(value)


def _number(text: str) -> Plain:
    if text.lower() in _FLOATS:
        return _FLOATS[text.lower()]
    if found := _BASE_60.fullmatch(text):
        return _base_60(text, whole=found.group(1) is None)
    if found := _INTEGER.fullmatch(text):
        digits, base = next((found.group(name), base) for name, base in _BASES.items() if found.group(name))
        return int(found.group("sign") + digits.replace("_", "").replace(",", ""), base)
    if _FLOAT.fullmatch(text) and any(character.isdigit() for character in text):
        return float(text.replace(",", "").replace("_", ""))
    return text


def _base_60(text: str, *, whole: bool) -> int | float:
    parts = [float(part.replace("_", "")) for part in text.split(":")]
    total = sum(part * 60 ** abs(index - 2) for index, part in enumerate(parts))
    return int(total) if whole else total
