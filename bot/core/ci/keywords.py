"""The keywords that a job may have, by GitLab's own JSON schema (as check-jsonschema carries it)."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_CARRIER = "check_jsonschema"
_SCHEMA = "builtin_schemas/vendor/gitlab-ci.json"


@cache
def job_keywords() -> frozenset[str]:
    """Return the names of all keywords of a job."""
    spec = find_spec(_CARRIER)  # not imported: that would cost more than a whole check
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise ModuleNotFoundError(f"{_CARRIER} is not installed")
    schema = json.loads(Path(folders[0], _SCHEMA).read_text(encoding="utf-8"))
    return frozenset(schema["definitions"]["job_template"]["properties"])
