"""The image's package manager does not know a system package.

What happened
-------------
The package has another name in this distribution or release, is not in the configured repositories, or the
package list was never fetched (`apt-get update` is missing).

What to do
----------
Run `apt-get update` in the same command as the installation. Check the name for the image's release: names
change (`libgl1-mesa-glx` is `libgl1` in Debian 12), and `python:3.12` moved to Debian 13. Pin the release in
the image's tag.

References
----------
- Debian, package search: https://www.debian.org/distrib/packages
- Docker official image `python`, tags: https://hub.docker.com/_/python

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import Sign

CHECK = "Run `apt-get update` before, and check the name for the image's release."

CAUSE = Cause(
    id="unknown-system-package",
    signs=(
        Sign(
            literal=("E: Unable to locate package", "has no installation candidate"),
            pattern=(
                r"E: (?:Unable to locate package (?P<name>\S+)|Package '(?P<name2>[^']+)' has no installation "
                r"candidate)"
            ),
            message="apt does not know the package `{name}{name2}`. " + CHECK,
            kind="package",
            subject="{name}{name2}",
        ),
        Sign(
            literal="(no such package)",
            pattern=r"(?P<name>\S+) \(no such package\)",
            # Without its index apk knows no package at all.
            unless_near=r"temporary error \(try again later\)",
            message="apk does not know the package `{name}`. Check its name for the image's release of Alpine.",
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal="breaks: world[",
            pattern=r"breaks: world\[(?P<name>[\w.+-]+)=(?P<version>[^\]]+)\]",
            message=(
                "Alpine no longer has `{name}` {version}: it keeps only the newest version of a release. Ask for "
                "`{name}` without a version, or with `~`."
            ),
            kind="package",
            subject="{name}",
        ),
        Sign(
            literal=("No match for argument: ", "No package "),
            pattern=r"No match for argument: (?P<name>\S+)|No package (?P<name2>\S+) available",
            message=(
                "The package manager does not know `{name}{name2}`. Check its name, and whether its repository "
                "is enabled."
            ),
            kind="package",
            subject="{name}{name2}",
        ),
        Sign(
            literal="does not have a Release file",
            pattern=r"The repository '(?P<name>[^']+)' does not have a Release file",
            message=(
                "The image's release is no longer served at `{name}`. Use an image of a release that is still "
                "supported."
            ),
            kind="host",
            subject="{name}",
        ),
    ),
    outranks=("network", "missing-system-package"),
)
