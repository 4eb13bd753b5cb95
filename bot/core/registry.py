"""Finds the modules of a package that each carry one rule, one cause, one command or one event."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


class RegistryError(Exception):
    """A module of the package does not carry what it should: a mistake of ours, told at start."""


@cache
def load(package: str, constant: str, kind: type[T]) -> dict[str, T]:
    """Import every module of a package and return its constant by id, sorted by id.

    The id of ``missing_lock.py`` is ``missing-lock``. Modules that begin with an underscore are helpers.
    Raises RegistryError when the constant is missing, of another type, or names another id.
    """
    found: dict[str, T] = {}
    root: ModuleType = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda item: item.name):
        if info.name.startswith("_"):
            continue
        entry = getattr(importlib.import_module(f"{package}.{info.name}"), constant, None)
        name = info.name.replace("_", "-")
        if not isinstance(entry, kind) or getattr(entry, "id", None) != name:
            raise RegistryError(f"{package}.{info.name} has no {constant} with the id {name}")
        found[name] = entry
    return found
