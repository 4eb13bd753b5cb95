"""Distributions and their releases: C library, own Python, package manager."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.system.tables import table_rows

MANAGERS = {"debian": "apt", "ubuntu": "apt", "alpine": "apk", "wolfi": "apk", "amazonlinux": "yum"}
CODENAMES = frozenset({"debian"})  # named by code name in images and in our answers; the others by number


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One release. ``number`` and ``codename`` are both names of it; ``python`` is its own Python."""

    name: str
    number: str
    codename: str
    python: str
    libc: str
    libc_version: str

    @property
    def release(self) -> str:
        """The name used in answers: `bookworm`, `22.04`, `3.20`."""
        return self.codename if self.name in CODENAMES and self.codename else self.number


def find_distribution(name: str, release: str) -> Distribution | None:
    """Return a release by its number or code name."""
    for distro, number, codename, python, libc, libc_version, *_ in table_rows("distros"):
        if distro == name and release and release in (number, codename):
            return Distribution(
                name=distro,
                number=number,
                codename=codename,
                python=python,
                libc=libc,
                libc_version=libc_version,
            )
    return None


def package_manager(name: str, release: str = "") -> str:
    """Return `apt`, `apk`, `dnf` or `yum`; empty for an unknown distribution."""
    if name in ("rhel", "fedora", "centos", "rocky", "almalinux"):
        return "yum" if release == "7" else "dnf"
    return "dnf" if name == "amazonlinux" and release == "2023" else MANAGERS.get(name, "")
