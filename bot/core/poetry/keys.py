"""What decides which stored cache a job gets."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from bot.core.ci.model import Cache

_COMMIT = re.compile(r"\$\{?CI_(?:COMMIT_(?:SHA|SHORT_SHA|BEFORE_SHA)|PIPELINE_I?ID|JOB_ID)\b")


def tracks_lock(cache: Cache) -> bool:
    """Whether a new `poetry.lock` gives a new cache."""
    return any(_names_lock(text.value) for text in cache.key_files)


def _names_lock(pattern: str) -> bool:
    return fnmatch("poetry.lock", pattern.rpartition("/")[2] or pattern)


def changes_each_time(cache: Cache) -> bool:
    """Whether the key is another one for every commit or pipeline."""
    texts = [text.value for text in (cache.key, cache.key_prefix) if text]
    return any(_COMMIT.search(text) for text in texts)
