"""The restored virtual environment belongs to another Python or place.

What happened
-------------
A cached `.venv` was made with another Python than the job's image has now, or at another path. Its interpreter
is gone, or is one that the project does not allow.

What to do
----------
Put the Python version (or the image) into the cache key, or cache Poetry's package cache instead of `.venv`.
Clearing the runner caches helps once.

References
----------
- GitLab, cache keys: https://docs.gitlab.com/ci/caching/#cache-key-names
- Poetry, managing environments: https://python-poetry.org/docs/managing-environments/

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = "Put the Python version into the cache key, and clear the runner caches once."

CAUSE = Cause(
    id="cache-stale-environment",
    signs=(
        Sign(
            literal="is not allowed by the project",
            pattern=(
                r"Current Python version \((?P<have>[^)]+)\) is not allowed by the project \((?P<want>[^)]+)\)"
            ),
            message=(
                "The environment that the job uses has Python {have}, the project allows `{want}`: it comes "
                "from a cache or an older image. "
            )
            + DO,
            kind="file",
            subject=".venv",
        ),
        Sign(
            literal="bad interpreter",
            pattern=r"(?P<path>\S*\.venv/\S+): .*bad interpreter",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal="required file not found",
            pattern=r"(?P<path>\S*\.venv/\S+): cannot execute: required file not found",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
        Sign(
            literal=".venv/bin/python",
            pattern=r"No such file or directory: '?(?P<path>\S*\.venv/bin/python[\d.]*)",
            message="`{path}` points to a Python that is gone: the cached `.venv` is of another image. " + DO,
            kind="file",
            subject="{path}",
        ),
    ),
    outranks=("python-version-not-allowed", "poetry-broken", "file-missing", "invalid-configuration"),
)
