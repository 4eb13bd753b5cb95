"""Which locked packages have no wheel for an image, so that installing them means building them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from bot.core.diagnosis import ImageFacts
from bot.core.python.lock import LockedPackage
from bot.core.system.distributions import find_distribution

OLD_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
NEWEST_PATCH = 99  # an image's tag names a minor version and moves with its patches
COMMON_GLIBC = (2, 36)  # of the images that a project would change to
OLDEST_MINOR, NEWEST_MINOR = 8, 15
SDIST_ENDINGS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz")


@dataclass(frozen=True, slots=True)
class Target:
    """What wheels must fit: CPython's minor version, the C library and its version, the machine."""

    python: tuple[int, int]
    libc: str
    libc_version: tuple[int, int]
    machine: str = "x86_64"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which groups and extras an install takes. ``groups`` None: every group that is not optional."""

    groups: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    extras: frozenset[str] = frozenset()
    no_binary: frozenset[str] = field(default=frozenset())  # names, or `:all:`


def target_of(image: ImageFacts) -> Target | None:
    """Return what wheels must fit on an image; None where its Python or C library is not known."""
    distribution = find_distribution(image.distribution, image.release)
    python = re.fullmatch(r"(\d+)\.(\d+)", image.python)
    libc = re.match(r"(\d+)\.(\d+)", distribution.libc_version) if distribution else None
    if not distribution or not python or not libc:
        return None
    return Target(_numbers(python), distribution.libc, _numbers(libc))


def has_wheel(package: LockedPackage, target: Target) -> bool:
    """Whether one of the locked files is a wheel that fits."""
    tags = supported_tags(target)
    return any(not tags.isdisjoint(found) for found in _wheel_tags(package))


def has_source(package: LockedPackage) -> bool:
    """Whether one of the locked files is a source distribution."""
    return any(file.name.endswith(SDIST_ENDINGS) for file in package.files)


def applies(package: LockedPackage, target: Target, selection: Selection) -> bool:
    """Whether an install on the target takes the package: groups, extras, markers, Python versions."""
    return (
        _in_groups(package, selection)
        and _python_fits(package.python_versions, target)
        and _marker_holds(package.markers, target, selection.extras)
        and not (package.optional and not package.markers and not selection.extras)
    )


def is_built(package: LockedPackage, target: Target, selection: Selection) -> bool:
    """Whether an install on the target builds the package from source."""
    forced = not selection.no_binary.isdisjoint({package.name, ":all:"})
    return has_source(package) and (forced or not has_wheel(package, target))


def nearest_wheel(package: LockedPackage, target: Target) -> Target | None:
    """Return the nearest target that has a wheel: the same Python with glibc, else the newest other Python."""
    on_glibc = replace(target, libc="glibc", libc_version=COMMON_GLIBC)
    candidates = [*_other_pythons(target)]
    if target.libc == "musl":
        candidates = [on_glibc, *candidates, *_other_pythons(on_glibc)]
    found = (other for other in candidates if _python_fits(package.python_versions, other))
    return next((other for other in found if has_wheel(package, other)), None)


def _other_pythons(target: Target) -> Iterator[Target]:
    return (replace(target, python=(3, minor)) for minor in range(NEWEST_MINOR, OLDEST_MINOR - 1, -1))


@cache
def supported_tags(target: Target) -> frozenset[Tag]:
    """Return every tag that the target takes, as `packaging.tags.sys_tags` would say there."""
    platforms = list(_platforms(target))
    interpreter = f"cp{target.python[0]}{target.python[1]}"
    own = cpython_tags(target.python, abis=[interpreter], platforms=platforms)
    return frozenset((*own, *compatible_tags(target.python, interpreter, platforms)))


def _platforms(target: Target) -> Iterator[str]:
    major, newest = target.libc_version
    if target.libc == "musl":
        yield from (f"musllinux_{major}_{minor}_{target.machine}" for minor in range(newest, -1, -1))
    else:
        oldest = 5 if target.machine in ("x86_64", "i686") else 17
        for minor in range(newest, oldest - 1, -1):
            yield f"manylinux_{major}_{minor}_{target.machine}"
            if minor in OLD_MANYLINUX:
                yield f"{OLD_MANYLINUX[minor]}_{target.machine}"
    yield f"linux_{target.machine}"


def _wheel_tags(package: LockedPackage) -> Iterator[frozenset[Tag]]:
    for file in package.files:
        if not file.name.endswith(".whl"):
            continue
        yield _tags_of(file.name)


@lru_cache(maxsize=4096)
def _tags_of(wheel: str) -> frozenset[Tag]:
    try:
        return parse_wheel_filename(wheel)[3]
    except InvalidWheelFilename:
        return frozenset()


def _in_groups(package: LockedPackage, selection: Selection) -> bool:
    if not package.groups:
        return True
    wanted = set(package.groups) - selection.without
    return bool(wanted if selection.groups is None else wanted & selection.groups)


def _python_fits(specifier: str, target: Target) -> bool:
    try:
        allowed = SpecifierSet("" if specifier == "*" else specifier)
    except InvalidSpecifier:
        return True
    return allowed.contains(_full_version(target), prereleases=True)


def _marker_holds(text: str, target: Target, extras: Collection[str]) -> bool:
    if not text:
        return True
    environment = {
        "implementation_name": "cpython",
        "implementation_version": _full_version(target),
        "os_name": "posix",
        "platform_machine": target.machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": "Linux",
        "platform_version": "",
        "python_full_version": _full_version(target),
        "python_version": f"{target.python[0]}.{target.python[1]}",
        "sys_platform": "linux",
    }
    try:
        marker = Marker(text)
        return any(marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras))
    except (InvalidMarker, UndefinedEnvironmentName):
        return False  # what cannot be judged is not spoken of


def _full_version(target: Target) -> str:
    return f"{target.python[0]}.{target.python[1]}.{NEWEST_PATCH}"


def _numbers(match: re.Match[str]) -> tuple[int, int]:
    return int(match[1]), int(match[2])
