"""The names of jobs: GitLab gives those of a matrix or of `parallel` a name of its own each."""

from __future__ import annotations

import re

_ONE_OF_SEVERAL = re.compile(r"(?::? \[.*\]| \d+/\d+)+$")


def as_written(name: str) -> str:
    """Return the name that the CI file has for a job that ran."""
    return _ONE_OF_SEVERAL.sub("", name)
