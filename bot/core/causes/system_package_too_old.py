"""A library or tool of the image is older than what the package needs.

What happened
-------------
The image's distribution has the library or tool, in a version that is too old: for a build (CMake, Rust, a
library's headers), or for a binary that was made for a newer C library (`GLIBC_... not found`).

What to do
----------
Use an image of a newer distribution (`python:3.12-bookworm` or later), or an older version of the Python
package. Tools such as CMake and Rust can be installed newer than the distribution has them (`pip install
cmake`, rustup).

References
----------
- Docker official image `python`: https://hub.docker.com/_/python
- manylinux: https://github.com/pypa/manylinux

"""

from __future__ import annotations

from bot.core.cause import Cause
from bot.core.sign import SCRIPT_OR_TEST, Sign

NEWER = "Use an image of a newer distribution, or an older version of the Python package."

CAUSE = Cause(
    id="system-package-too-old",
    signs=(
        Sign(
            literal="not found",
            pattern=r"version `(?P<name>(?:GLIBC|GLIBCXX|CXXABI|OPENSSL)_[\d.]+)' not found",
            message="A binary needs `{name}`, and the image's library is older. " + NEWER,
            kind="library",
            subject="{name}",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="is required",
            pattern=r"(?P<name>CMake) (?P<want>[\d.]+) or higher is required",
            message=(
                "The build needs CMake {want}, the image has an older one. Install a newer one with `pip "
                "install cmake`."
            ),
            kind="command",
            subject="{name}",
        ),
        Sign(
            literal="requires rustc",
            pattern=r"requires rustc (?P<want>[\d.]+)",
            message="The build needs Rust {want} or newer, the image's is older. Install it with rustup.",
            kind="compiler",
            subject="rustc",
        ),
        Sign(
            literal="is not supported by the following",
            pattern=r"rustc (?P<have>[\d.]+) is not supported by the following",
            message="The image's Rust {have} is too old for the build. Install a newer one with rustup.",
            kind="compiler",
            subject="rustc",
        ),
        Sign(
            literal="found: NO",
            pattern=r"[Dd]ependency (?P<name>\S+) found: NO\W+found '?(?P<have>[\d.]+)'? but need",
            message="The build needs a newer `{name}` than the image's {have}. " + NEWER,
            kind="pkg-config",
            subject="{name}",
        ),
        Sign(
            literal="but need",
            pattern=r"Invalid version of dependency, need '(?P<name>[\w.+-]+)'",
            message="The build needs a newer `{name}` than the image has. " + NEWER,
            kind="pkg-config",
            subject="{name}",
        ),
        Sign(
            literal="Requested '",
            pattern=(
                r"Requested '(?P<name>[\w.+-]+) [<>=]+ (?P<want>[\d.]+)' but version of .+ is (?P<have>[\d.]+)"
            ),
            message="The build needs `{name}` {want}, the image has {have}. " + NEWER,
            kind="pkg-config",
            subject="{name}",
        ),
        Sign(
            literal="Package dependency requirement",
            pattern=r"Package dependency requirement '(?P<name>[\w.+-]+) .*' could not be satisfied",
            message="The build needs another version of `{name}` than the image has. " + NEWER,
            kind="pkg-config",
            subject="{name}",
        ),
        Sign(
            literal="libgdal",
            pattern=r"(?i)Python bindings of GDAL (?P<want>[\d.]+) require at least libgdal",
            message=(
                "These GDAL bindings need libgdal {want}, the image's is older. Use the version of `GDAL` that "
                "the image's library has."
            ),
            kind="library",
            subject="libgdal",
        ),
        Sign(
            literal=(
                "or later is required",
                "or newer is required",
                "or higher is required",
                "or greater is required",
            ),
            pattern=(
                r"(?P<name>[A-Za-z][\w+-]+) (?P<want>v?\d[\d.]*) (?:\(?or|and) "
                r"(?:later|newer|higher|greater)\)? is required"
            ),
            message="{name} {want} or newer is needed, the image's is older. " + NEWER,
            kind="library",
            subject="{name}",
            unless="Python|pip|Poetry",
            where=SCRIPT_OR_TEST,
        ),
        Sign(
            literal="is too old",
            pattern=(
                r"(?i)(?P<name>librdkafka|libgdal|openssl|sqlite3?|libgit2|cmake|rustc|gcc|glibc|libvirt|libpq)"
                r"\b.* is too old"
            ),
            message="The image's `{name}` is too old. " + NEWER,
            kind="library",
            subject="{name}",
        ),
    ),
    outranks=("missing-system-package", "incompatible-source", "test-failure"),
)
