"""Takes secrets out of text that was quoted from a log or a file.

A masked value shows its kind, never a part of itself. Sources for the shapes: GitLab's token overview, the
detectors of gitleaks and detect-secrets, PyPI's and the clouds' documentation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator

MASK = "[masked]"

_SHAPES = (
    r"\bgl(?:pat|dt|ptt|rt|cbt|ft|imt|agent|oas|soat|wt|feed|rtr)-[\w.-]{10,300}",  # GitLab
    r"\bGR1348941[\w-]{20}",  # GitLab runner registration
    r"\b_gitlab_session=[\w-]{16,}",
    r"\bpypi-[\w-]{16,500}",
    r"\bgh[pousr]_[A-Za-z0-9]{20,255}",
    r"\bgithub_pat_\w{22,255}",
    r"\b(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{12,16}\b",  # AWS
    r"\bAIza[\w-]{35}",  # Google
    r"\bya29\.[\w-]{20,}",
    r"\bGOCSPX-[\w-]{20,}",
    r"\bAccountKey=[\w+/=]{30,}",  # Azure
    r"\bsig=[\w%+/]{30,}",
    r"\bxox[abeoprs]-[\w-]{10,250}",  # Slack
    r"https://hooks\.slack\.com/services/[\w/]{20,}",
    r"\bnpm_[A-Za-z0-9]{30,}",
    r"\bdop_v1_[a-f0-9]{60,}",
    r"\bhvs\.[\w-]{20,}",  # Vault
    r"\bsk_(?:live|test)_[A-Za-z0-9]{16,}",
    r"\bsk-[\w-]{20,}",
    r"\bSG\.[\w-]{16,}\.[\w-]{16,}",
    r"\bhf_[A-Za-z0-9]{30,}",
    r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*",  # JSON web tokens
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?",
)
_SHAPED = re.compile("|".join(_SHAPES))
_URL_LOGIN = re.compile(r"(\b[A-Za-z][A-Za-z0-9+.-]{1,20}://)([^\s/@:]{0,200}):?([^\s/@]{0,300})@")
_HEADER = re.compile(
    r"(?i)(\b(?:authorization|proxy-authorization|(?:private|job|deploy|x-gitlab)-token|x-api-key|cookie|set-cookie)"
    r"['\"]?\s*[:=]\s*['\"]?(?:(?:basic|bearer|token|digest)\s+)?)([^\s'\"]{3,})"
)
_BEARER = re.compile(r"(?i)(\b(?:bearer|basic)\s+)([\w+/=.~-]{12,})")
_OPTION = re.compile(
    r"(?i)(--?(?:password|passwd|token|secret|api-?key|client-secret)(?:=|\s+)['\"]?|\s-p\s+['\"]?)"
    r"([^\s'\"$]{4,})"
)
_NAMED = re.compile(
    r"(?i)(\b[\w.-]{0,60}(?:pass(?:word|wd|phrase)?|secret|token|credentials?|api_?key|access_?key|private_?key|auth)"
    r"(?![a-z])[\w.-]{0,30}['\"]?\s{0,3}(?:=|:|=>)\s{0,3}['\"]?)([^\s'\"]{4,})"
)
_POETRY_LOGIN = re.compile(r"((?:pypi-token|http-basic)\.\S{1,80}\s+)(\S[^\n]{0,300})")
_ORDINARY = re.compile(
    r"(?i)\$|\[masked\]|\*{3,}|x{4,}$|(?:true|false|none|null|yes|no|not|is|was|must|and|invalid|missing|required)\b"
)
_WORD = re.compile(r"[A-Za-z]+(?:[-_. ][A-Za-z]+)*[.,;:]?")
_LOW_ENTROPY = 2.5  # bits for each character
_SHORT = 8


def find_tokens(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a text holds a token whose form alone gives it away."""
    yield from (match.span() for match in _SHAPED.finditer(text))


def scrub(text: str) -> str:
    """Return the text with everything that looks like a secret masked."""
    text = _SHAPED.sub(MASK, text)
    text = _URL_LOGIN.sub(_without_login, text)
    text = _HEADER.sub(_masked(_always), text)
    text = _BEARER.sub(_masked(_is_random), text)
    text = _POETRY_LOGIN.sub(_masked(_always), text)
    text = _OPTION.sub(_masked(_is_value), text)
    return _NAMED.sub(_without_value, text)


def _without_login(match: re.Match[str]) -> str:
    scheme, user, password = match.groups()
    if user == "git" and not password:
        return match.group()
    return f"{scheme}{MASK}@"


def _without_value(match: re.Match[str]) -> str:
    lead, value = match.groups()
    assigned = lead.rstrip("'\"").endswith("=") and _always(value)
    return f"{lead}{MASK}" if _is_value(value) or (assigned and not _ORDINARY.match(value)) else match.group()


def _masked(holds: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        lead, value = match.groups()
        return f"{lead}{MASK}" if holds(value) else match.group()

    return replace


def _always(value: str) -> bool:
    return not value.startswith("$")


def _is_value(value: str) -> bool:
    """Whether what follows a telling name is a value of its own: no variable, no word of a sentence."""
    if _ORDINARY.match(value):
        return False
    return _is_random(value) or not _WORD.fullmatch(value)


def _is_random(value: str) -> bool:
    if len(value) < _SHORT or (_WORD.fullmatch(value) and not any(char.isupper() for char in value[1:])):
        return False
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts) > _LOW_ENTROPY
