"""The keywords that a job may have, by GitLab's own JSON schema (as check-jsonschema carries it)."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

_SCHEMA = "builtin_schemas/vendor/gitlab-ci.json"


@cache
def job_keywords() -> frozenset[str]:
    """Return the names of all keywords of a job."""
    schema = json.loads((files("check_jsonschema") / _SCHEMA).read_text(encoding="utf-8"))
    return frozenset(schema["definitions"]["job_template"]["properties"])
