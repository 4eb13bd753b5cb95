"""`cache`: one or a list, with GitLab's defaults."""

from __future__ import annotations

from bot.core.ci.model import Cache, Text
from bot.core.ci.values import Table, Value, as_list, has_flag, text_of, texts


def read_caches(value: Value | None) -> tuple[Cache, ...]:
    """Read the caches of a job; `cache: []` and `cache: {}` are none."""
    return tuple(_read_cache(item) for item in as_list(value) if isinstance(item, Table) and item.members)


def _read_cache(table: Table) -> Cache:
    key = table.get("key")
    in_detail = key if isinstance(key, Table) else None
    files = (in_detail.get("files") or in_detail.get("files_commits")) if in_detail else None
    return Cache(
        location=table.location,
        key=None if in_detail else text_of(key),
        key_files=texts(files),
        key_prefix=text_of(in_detail.get("prefix")) if in_detail else None,
        paths=texts(table.get("paths")),
        policy=_word(text_of(table.get("policy")), "pull-push"),
        when=_word(text_of(table.get("when")), "on_success"),
        untracked=has_flag(table.get("untracked")),
        fallback_keys=texts(table.get("fallback_keys")),
    )


def _word(text: Text | None, default: str) -> str:
    return text.value if text else default
