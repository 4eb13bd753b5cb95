"""A file in the restored cache is broken.

What happened
-------------
A package in Poetry's or pip's cache is cut off or damaged. Poetry does not throw it away, so each job that
restores this cache fails the same way.

What to do
----------
Clear the runner caches (Build, Pipelines, Clear runner caches), or change the cache key. `policy: pull` in all
jobs but one keeps jobs from writing it at the same time.

References
----------
- GitLab, clear the cache: https://docs.gitlab.com/ci/caching/#clearing-the-cache

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

DO = "Clear the runner caches, or change the cache key."

CAUSE = Cause(
    id="cache-corrupt",
    signs=(
        Sign(
            literal=("BadZipFile", "zipfile.BadZipfile", "File is not a zip file"),
            message="A cached or downloaded package is broken. " + DO,
            command=r"\b(?:poetry|pip|uv)\b",
        ),
        Sign(
            literal="is invalid: ",
            pattern=r"Wheel '(?P<name>[^']+)' located at (?P<file>\S+) is invalid",
            message="The wheel of `{name}` in the cache is broken. " + DO,
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal=("zlib.error", "tarfile.ReadError", "EOFError: Compressed file ended"),
            message="A cached or downloaded package is broken. " + DO,
            command=r"\b(?:poetry|pip|uv)\b",
        ),
    ),
    outranks=("hash-mismatch", "no-matching-distribution"),
)
