"""Adapters and entry points."""
