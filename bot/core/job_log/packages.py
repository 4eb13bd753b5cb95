"""Which Python package was being installed or built, by the words of Poetry, pip and uv."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.diagnosis import PythonPackage

_NAME = r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)"
_VERSION = r"(?P<version>\d[A-Za-z0-9.+!_-]*)"

# Words that stand after the build's output and say whose output it was.
_AFTER = tuple(
    re.compile(pattern)
    for pattern in (
        rf"likely not a problem with poetry but (?:with|one of the following issues with) {_NAME} \({_VERSION}\)",
        rf"Failed (?:to build|to download and build|building wheel for) `?{_NAME}(?:==?@?{_VERSION})?`?$",
        rf"(?:Building wheel|Running setup\.py \w+) for {_NAME}(?: \([^)]*\))?: finished with status 'error'",
        rf"artifacts/\S+/{_NAME}-{_VERSION}\.(?:tar\.gz|zip)",
        rf"^╰─> {_NAME}$",
        # pip 21 leaves a source that does not build for an older one.
        rf"^WARNING: Discarding \S+/{_NAME}-{_VERSION}\.(?:tar\.gz|zip)\b",
        rf"failed with error code 1 in \S+/{_NAME}/?$",
    )
)
# Words of pip that say that a build failed, without its name.
_NAMELESS = re.compile(
    r"^\s*(?:error: (?:subprocess-exited-with-error|metadata-generation-failed|legacy-install-failure)"
    r"|ERROR: Command errored out with exit status|Command .* failed with error code \d+ in )"
)
_NAMELESS_HINT = (
    "-exited-with-error",
    "metadata-generation-failed",
    "install-failure",
    "errored out",
    "error code 1 in",
)
# Words that stand before it.
_BEFORE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:Downloading|Using cached|Processing) \S*?{_NAME}-{_VERSION}\.(?:tar\.gz|zip|tar\.bz2)\b",
        rf"Running setup\.py (?:install|bdist_wheel) for {_NAME}",
        rf"Building wheel for {_NAME} \(",
        rf"^Collecting {_NAME}(?:\[[^\]]*\])?(?:==|>=|<=|~=)?{_VERSION}?",
        rf"[-•] Installing {_NAME} \({_VERSION}\)",
        rf"cwd: \S*/{_NAME}/$",
        rf"Publishing {_NAME} \({_VERSION}\) to ",
        rf"^Uploading {_NAME}-{_VERSION}(?:-[\w.]+-[\w.]+-[\w.]+\.whl|\.tar\.gz)",
    )
)
_AFTER_HINT = (
    "poetry but",
    "Failed to ",
    "Failed building",
    "with status 'error'",
    "artifacts/",
    "╰─> ",
    "WARNING: Discarding ",
    "error code 1 in",
)
_BEFORE_HINT = (
    *("cwd: ", "Downloading ", "Using cached ", "Processing ", "Running setup.py", "Building wheel for"),
    *("Collecting ", "- Installing ", "• Installing ", "Publishing ", "Uploading "),
)
# Words whose lines a log must be searched for, so that packages can be told.
HINTS = tuple(dict.fromkeys((*_AFTER_HINT, *_NAMELESS_HINT, *_BEFORE_HINT)))
_FAR = 4_000
_MOST_FAILURES = 5
_MOST_MENTIONS = 600


@dataclass(frozen=True, slots=True)
class _Mention:
    index: int
    package: PythonPackage


class PackageFinder:
    """Finds the package that a line of a build belongs to."""

    def __init__(self, plain: Sequence[str], hits: Mapping[str, Sequence[int]], start: int) -> None:
        lines = _Lines(plain, hits, start)
        self._after = lines.mentions(_AFTER, _AFTER_HINT)
        self._before = lines.mentions(_BEFORE, _BEFORE_HINT)
        self._nameless = [index for index in lines.with_any(_NAMELESS_HINT) if _NAMELESS.match(plain[index])]

    def failed_build(self, index: int) -> bool:
        """Whether the line stands in the output of a build that failed."""
        place = bisect_right(self._nameless, index)
        nameless = place < len(self._nameless) and self._nameless[place] <= index + _FAR
        return nameless or self._failure(index) is not None

    def at(self, index: int) -> PythonPackage | None:
        """The package that was built or installed where the line stands."""
        after = self._failure(index)
        if after is None:
            before = next((item for item in reversed(self._before) if item.index <= index), None)
            return before.package if before else None
        if after.package.version:
            return after.package
        return PythonPackage(after.package.name, self._version(after.package.name))

    def failures(self) -> list[tuple[int, PythonPackage]]:
        """The failed builds that are told by name: the index of the words that say so, and the package."""
        return [(item.index, item.package) for item in self._after[-_MOST_FAILURES:]]

    def _failure(self, index: int) -> _Mention | None:
        place = bisect_left(self._after, index - 3, key=lambda item: item.index)
        found = self._after[place] if place < len(self._after) else None
        return found if found and found.index <= index + _FAR else None

    def _version(self, name: str) -> str:
        wanted = _normal(name)
        versions = [
            i.package.version for i in self._before if _normal(i.package.name) == wanted and i.package.version
        ]
        return versions[-1] if versions else ""


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines from the failed command on, by the words that they hold."""

    plain: Sequence[str]
    hits: Mapping[str, Sequence[int]]
    start: int

    def with_any(self, words: tuple[str, ...]) -> list[int]:
        found = {index for word in words for index in self.hits.get(word, ()) if index >= self.start}
        return sorted(found)

    def mentions(self, patterns: tuple[re.Pattern[str], ...], words: tuple[str, ...]) -> list[_Mention]:
        found: list[_Mention] = []
        for index in self.with_any(words)[-_MOST_MENTIONS:]:
            text = self.plain[index][:1_000]
            match = next((match for pattern in patterns if (match := pattern.search(text))), None)
            if match:
                version = match.groupdict().get("version") or ""
                found.append(_Mention(index, PythonPackage(match["name"], version)))
        return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
