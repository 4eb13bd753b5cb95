"""Takes secrets out of text that is about to be written somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "[REDACTED]"
SHORTEST_SECRET = 6  # masking every "a" because somebody's secret is "a" would hide the log, not the secret

_PATTERNS = (
    (re.compile(r"\b(gl[a-z]{1,8}|whsec)[-_][\w.=+/-]{16,}"), MASK),
    (
        re.compile(
            r"(?i)(\b(?:authorization|private-token|job-token|x-gitlab-token)\b['\"]?\s*[:=]\s*)[^,;}\]\r\n]+"
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}"), rf"\1{MASK}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/@'\"]{1,400}@"), rf"\1{MASK}@"),
    (re.compile(r"(?i)([?&](?:private_token|job_token|access_token|token)=)[^&\s'\"]+"), rf"\1{MASK}"),
)


class Redactor:
    """Masks the shapes of GitLab's secrets and the values that this installation knows."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known = sorted({text for text in secrets if len(text) >= SHORTEST_SECRET}, key=len, reverse=True)

    def text(self, value: str) -> str:
        """Return the text without its secrets."""
        for secret in self._known:
            value = value.replace(secret, MASK)
        for pattern, replacement in _PATTERNS:
            value = pattern.sub(replacement, value)
        return value

    def value(self, value: Any) -> Any:  # noqa: ANN401 - log fields are anything
        """The same for whatever a log field holds; other objects by their text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(item) for item in value]
        return self.text(repr(value))
