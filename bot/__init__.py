"""Scansion: a GitLab bot for Python projects that use Poetry."""

__version__ = "0.1.0"
