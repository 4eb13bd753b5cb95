"""Installations of system packages: `apt-get install`, `apk add`, `dnf install`..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.shell_script.arguments import Arguments, parse_arguments
from bot.core.shell_script.model import Command, Word

_MANAGERS = {
    "apt-get": "apt", "apt": "apt", "aptitude": "apt", "apk": "apk", "dnf": "dnf", "dnf5": "dnf", "yum": "yum",
    "microdnf": "microdnf", "zypper": "zypper", "pacman": "pacman",
}  # fmt: skip
_WITH_VALUE = {
    "apt": frozenset({"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file"}),
    "apk": frozenset(
        {"-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--cache-dir"}
    ),
    "dnf": frozenset(
        {"--enablerepo", "--disablerepo", "--setopt", "-x", "--exclude", "-c", "--releasever", "--repo"}
    ),
    "zypper": frozenset({"-r", "--repo", "-p", "--plus-repo", "--from"}),
}
_INSTALLS = frozenset({"install", "add", "in", "reinstall", "localinstall", "build-dep"})
_REFRESHES = frozenset(
    {"update", "upgrade", "dist-upgrade", "full-upgrade", "makecache", "refresh", "check-update", "up"}
)


@dataclass(frozen=True)
class SystemInstall:
    """One installation. ``manager``: apt, apk, dnf, yum, microdnf, zypper or pacman.

    ``refreshed``: the package lists are there when it runs (`apt-get update` before, `apk add --no-cache`;
    dnf and its relatives fetch them themselves). ``packages`` keep their `=version`, and may be unknown words.
    """

    manager: str
    command: Command
    packages: tuple[Word, ...]
    arguments: Arguments
    refreshed: bool = False

    @property
    def names(self) -> frozenset[str]:
        """Names of the packages that are certain, without versions."""
        return frozenset(word.text.partition("=")[0].partition("/")[0] for word in self.packages if word.known)

    @property
    def assumes_yes(self) -> bool:
        """Whether it asks nothing."""
        quiet = self.arguments.has(
            "-y", "--yes", "--assume-yes", "--assumeyes", "--noconfirm", "-n", "--non-interactive"
        )
        return self.manager == "apk" or quiet or sum(option.name == "-q" for option in self.arguments.options) > 1


def system_installs(commands: Iterable[Command]) -> Iterator[SystemInstall]:
    """Yield the installations of system packages in order."""
    refreshed: set[str] = set()
    for command in commands:
        manager = _MANAGERS.get(command.name)
        if manager is None:
            continue
        arguments = parse_arguments(command.words[1:], _WITH_VALUE.get(manager, _WITH_VALUE["dnf"]))
        action = arguments.operands[0].text if arguments.operands else ""
        if action in _REFRESHES or (manager == "pacman" and arguments.has("-y")):
            refreshed.add(manager)
        packages = arguments.operands if manager == "pacman" else arguments.operands[1:]
        if action in _INSTALLS or (manager == "pacman" and arguments.has("-S")):
            yield SystemInstall(manager, command, packages, arguments, _is_ready(manager, arguments, refreshed))


def _is_ready(manager: str, arguments: Arguments, refreshed: set[str]) -> bool:
    if manager == "apk":
        return manager in refreshed or arguments.has("--no-cache", "-U", "--update-cache", "--update")
    return manager in refreshed or manager not in {"apt", "pacman"}
