"""What is better than building a package in the job: a wheel for another image or Python."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from bot.core.diagnosis import ImageFacts, PythonPackage
from bot.core.python.lock import read_lock
from bot.core.snapshot import Snapshot
from bot.core.system.wheels import Target, has_wheel, nearest_wheel, target_of


def wheel_hint(name: str, image: ImageFacts, elsewhere: Target) -> str:
    """Say where a package has a wheel, as a sentence."""
    python = f"{elsewhere.python[0]}.{elsewhere.python[1]}"
    if python == image.python:
        return f"`{name}` has a wheel for images with glibc, such as `python:{python}-slim`."
    own = target_of(image)
    where = f"Python {python} on images with glibc" if own and own.libc != elsewhere.libc else f"Python {python}"
    return (
        f"This version of `{name}` has a wheel for {where}; that Python, or a newer version of `{name}`, "
        f"needs no build."
    )


def locked_wheel_hint(snapshot: Snapshot | None, image: ImageFacts, package: PythonPackage | None) -> str:
    """Say where the project's lock file has a wheel of a package that was built; empty where it has none."""
    lock = read_lock(snapshot.files.get("poetry.lock")) if snapshot and package else None
    locked = lock.package(canonicalize_name(package.name)) if lock and package else None
    target = target_of(image)
    if locked is None or target is None or has_wheel(locked, target):
        return ""
    elsewhere = nearest_wheel(locked, target)
    return wheel_hint(locked.name, image, elsewhere) if elsewhere else ""
