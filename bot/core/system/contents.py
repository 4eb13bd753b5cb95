"""Which packages an image family has, layer upon layer."""

from __future__ import annotations

from functools import cache

from bot.core.system.tables import table_rows

NEWEST = "trixie"
DEBIAN_BEFORE_TABLE = ("jessie", "stretch", "buster")
ALPINE_PYTHON = frozenset({"ca-certificates", "tzdata"})


@cache
def python_packages(release: str, flavour: str) -> frozenset[str]:
    """Return the packages of an official Python image; ``flavour`` is full, slim or alpine."""
    if flavour == "alpine":
        return ALPINE_PYTHON
    layer = "slim" if flavour == "slim" else "python"
    return _layers(release, layer)


@cache
def base_packages(release: str, layer: str = "") -> frozenset[str]:
    """Return the packages of a Debian image, or of a `buildpack-deps` layer (curl, scm, full) on it."""
    return _layers(release, layer or "base")


def _layers(release: str, layer: str) -> frozenset[str]:
    rows = {(suite, name): (on, packages) for suite, name, on, packages in table_rows("image-packages")}
    if release in DEBIAN_BEFORE_TABLE:
        return _old_layers(release, layer)
    suite = release if (release, "base") in rows else NEWEST
    found: set[str] = set()
    while layer:
        layer, packages = rows[suite, layer]
        found.update(packages.split())
    return frozenset(found)


def _old_layers(release: str, layer: str) -> frozenset[str]:
    """Packages of suites older than the closure table: only what `buildpack-deps` itself installs."""
    wanted = {"curl": ("curl",), "scm": ("curl", "scm")}.get(layer, ("curl", "scm", "full"))
    if layer in ("base", "slim"):
        return frozenset()
    rows = table_rows("buildpack-deps")
    return frozenset(
        name for suite, own, names in rows if suite == release and own in wanted for name in names.split()
    )
