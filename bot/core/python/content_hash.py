"""The content hash of `poetry.lock`, as each Poetry computes it.

One algorithm in four eras: what of `pyproject.toml` goes into it changed with Poetry 1.2, 2.0 and 2.3 (read in
the sources of Poetry's `Locker`). For a project without `[dependency-groups]` all agree on every file that the
older Poetry accepts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from packaging.version import InvalidVersion, Version

from bot.core.python.lock import Lock
from bot.core.python.toml import table

_LEGACY = ("dependencies", "source", "extras", "dev-dependencies")
_PROJECT = ("requires-python", "dependencies", "optional-dependencies")
_GROUPS = Version("1.2")
_NESTED = Version("2.0")
_DEPENDENCY_GROUPS = Version("2.3")
LATEST = Version("2.5.1")  # any version of the newest era does


def content_hash(data: Mapping[str, Any], poetry: Version = LATEST) -> str:
    """Return the hash that this Poetry writes into the lock for a `pyproject.toml`."""
    relevant = json.dumps(_relevant(data, poetry), sort_keys=True, default=str)
    return hashlib.sha256(relevant.encode()).hexdigest()


def is_fresh(data: Mapping[str, Any], lock: Lock, poetry: Version) -> bool:
    """Whether this Poetry takes the lock as up to date with `pyproject.toml`."""
    if lock.content_hash == content_hash(data, poetry):
        return True
    if poetry < _DEPENDENCY_GROUPS:
        return False
    made_by = _version(lock.generator)  # a lock of an older Poetry is judged as that one would
    return (
        made_by is not None and made_by < _DEPENDENCY_GROUPS and lock.content_hash == content_hash(data, made_by)
    )


def is_stale_for_all(data: Mapping[str, Any], lock: Lock) -> bool:
    """Whether no Poetry at all takes the lock as up to date."""
    eras = (Version("1.1"), _GROUPS, _NESTED, LATEST)
    return lock.content_hash not in {content_hash(data, era) for era in eras}


def _relevant(data: Mapping[str, Any], poetry: Version) -> dict[str, object]:
    declared = table(data, "tool", "poetry")
    project = {key: data["project"][key] for key in _PROJECT if key in table(data, "project")}
    groups = table(data, "dependency-groups") if poetry >= _DEPENDENCY_GROUPS else {}
    nested = poetry >= _NESTED and bool(project or groups)
    keys = _LEGACY if poetry < _GROUPS else (*_LEGACY, "group")
    own: dict[str, object] = {key: declared[key] for key in keys if key in declared}
    if not nested:
        return dict.fromkeys(_LEGACY) | own
    found: dict[str, object] = {"tool": {"poetry": own}}
    if project:
        found["project"] = project
    if groups:
        found["dependency-groups"] = groups
    return found


def _version(text: str | None) -> Version | None:
    try:
        return Version(text) if text else None
    except InvalidVersion:
        return None
