"""Faults that the person at the command line can do something about."""

from __future__ import annotations


class UsageError(Exception):
    """Wrong use or unreadable input: told in one line, exit status 2."""
