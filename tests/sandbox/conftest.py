"""Fixtures of the simulated GitLab's tests."""

from tests.worlds import world

__all__ = ["world"]
