"""Paths as GitLab's runner and the shell make them: inside the project's folder, outside, or not known."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.core.poetry.text import expand

ROOT = "/@project"  # stands for $CI_PROJECT_DIR, whatever that is on the runner
_PROJECT = re.compile(
    r"\$(?:\{CI_PROJECT_DIR\}|CI_PROJECT_DIR\b)|/builds/\$(?:\{CI_PROJECT_PATH\}|CI_PROJECT_PATH\b)"
)
_WORKING = re.compile(r"\$(?:\{PWD\}|PWD\b|\(pwd\))|`pwd`")
_HOME = re.compile(r"^(?:~(?=/|$)|\$HOME\b|\$\{HOME\})")


@dataclass(frozen=True, slots=True)
class Place:
    """A path. ``inside`` is None where it is not known; ``path`` counts from the project's folder then inside."""

    inside: bool | None
    path: str = ""

    @property
    def known(self) -> bool:
        """Whether it is certain on which side of the project's edge the path lies."""
        return self.inside is not None

    def joined(self, *parts: str) -> Place:
        """Return a place below this one."""
        return Place(self.inside, posixpath.join(self.path, *parts)) if self.inside else self


UNKNOWN = Place(None)
OUTSIDE = Place(inside=False)


def place_of(text: str, variables: Mapping[str, str], *, directory: str | None = "") -> Place:
    """Return where a path lies. ``directory`` is the folder (in the project) that a relative one starts from."""
    text = _PROJECT.sub(ROOT, expand(text.strip(), {**variables, "CI_PROJECT_DIR": ROOT}))
    text = _WORKING.sub(ROOT if not directory else f"{ROOT}/{directory}", text) if directory is not None else text
    if _HOME.match(text):
        return OUTSIDE
    if "$" in text or "`" in text:
        return OUTSIDE if text.startswith("/") and not text.startswith((ROOT, "/builds/")) else UNKNOWN
    if text.startswith(ROOT):
        return _inside(text[len(ROOT) :].lstrip("/"))
    if text.startswith("/builds/"):
        return UNKNOWN  # the runner's usual place of projects, but of which one
    if text.startswith("/"):
        return OUTSIDE
    return UNKNOWN if directory is None else _inside(posixpath.join(directory, text))


def _inside(path: str) -> Place:
    normal = posixpath.normpath(path)
    if normal.startswith(".."):
        return OUTSIDE
    return Place(inside=True, path="" if normal == "." else normal)


def covers(pattern: str, folder: str) -> bool:
    """Whether a cache path (a doublestar pattern) holds a folder, a part of it, or all of what is in it."""
    stem = re.sub(r"(?:/\*{1,2})+/?$", "", pattern.rstrip("/"))
    if stem in {"", ".", "*", "**"}:
        return True
    parts = folder.split("/")
    heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    if any(_pattern(stem).fullmatch(head) for head in heads):
        return True
    return stem.startswith(f"{folder}/")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    words = {"**/": r"(?:.*/)?", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(words.get(part) or re.escape(part) for part in parts))
