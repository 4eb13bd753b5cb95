"""One thing that a tool says when the system lacks a file, command or library.

Strong symptoms name the missing thing in a form that its tool always uses; weak ones say it in prose, and count
only where no strong one stands. Sources: the messages of gcc, clang, ld, distutils, pkg-config, Meson, CMake,
autoconf, cargo, musl, glibc, and of the Python packages named beside them.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.job_log import Zone

LOUD = frozenset({Zone.SCRIPT, Zone.TEST})
LOUD_OR_WARNING = LOUD | {Zone.WARNING}
QUOTED = LOUD | {Zone.QUIET}  # the words stand only in a quoted line of source
# How prose says that something was looked for in vain.
FINDING = (
    *("nable to find", "annot find", "an't find", "ould not find", "id not find", "ailed to find"),
    *("nable to locate", "annot locate", "ould not locate", "ailed to load", "nable to load", "ould not load"),
    *("issing header", "issing the header", ".h is missing", ".h not found", ".h was not found", ".h is required"),
)


@dataclass(frozen=True)
class Symptom:
    """``name`` is a template over the pattern's groups; ``only_in_build``: the words mean little elsewhere."""

    literal: str | tuple[str, ...]
    pattern: str
    kind: str
    name: str = "{name}"
    weak: bool = False
    where: frozenset[Zone] = LOUD
    unless: str = ""
    only_in_build: bool = False

    @property
    def literals(self) -> tuple[str, ...]:
        """The literals, of which one is enough."""
        return (self.literal,) if isinstance(self.literal, str) else self.literal
