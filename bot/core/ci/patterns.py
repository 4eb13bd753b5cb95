"""Expressions that people write into their CI files: RE2, as GitLab has it, so that none takes forever."""

from __future__ import annotations

import re
from functools import lru_cache

import re2  # type: ignore[import-untyped]


@lru_cache(maxsize=512)
def compile_pattern(source: str) -> re.Pattern[str] | None:
    """Return the compiled expression, None where RE2 does not know it."""
    options = re2.Options()
    options.log_errors = False
    try:
        compiled: re.Pattern[str] = re2.compile(source, options)
    except re2.error:
        return None
    return compiled
