"""Differences between two trees, in the form that GitLab's API has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from bot.shell.sandbox.repository import Tree

CONTEXT_LINES = 3
COLLAPSE_BYTES = 102_400  # GitLab's default: a diff of more than 100 KB is collapsed, of more than 200 KB left out
TOO_LARGE_BYTES = 204_800
RENAME_RATIO = 0.5  # git's default similarity for a rename
RENAME_PAIRS = 2_500  # beyond, only files of the very same content count as renamed; git has such a limit too
NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A changed file. ``added``, ``removed`` and ``unchanged`` (new number -> old number) are its diff's lines."""

    old_path: str
    new_path: str
    old: bytes | None
    new: bytes | None
    text: str = field(default="", repr=False)
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    unchanged: tuple[tuple[int, int], ...] = ()

    @property
    def too_large(self) -> bool:
        """Whether GitLab leaves the diff's text out for good."""
        return len(self.text) > TOO_LARGE_BYTES

    @property
    def collapsed(self) -> bool:
        """Whether GitLab leaves the diff's text out at first."""
        return len(self.text) > COLLAPSE_BYTES


def changes(old: Tree, new: Tree) -> list[FileChange]:
    """Return what changed from one tree to another, by path."""
    gone = {path for path in old if path not in new}
    renames = dict(_renames(old, new, gone))
    moved = set(renames.values())
    found = [_change(path, path, old, new) for path in sorted((old.keys() | new.keys()) - moved - renames.keys())]
    found += [_change(source, target, old, new) for target, source in renames.items()]
    return sorted((change for change in found if change is not None), key=lambda change: change.new_path)


def _renames(old: Tree, new: Tree, gone: set[str]) -> Iterator[tuple[str, str]]:
    targets = sorted(path for path in new if path not in old)
    alike = _similarity if len(targets) * len(gone) <= RENAME_PAIRS else _sameness
    left = set(gone)
    for target in targets:
        source = max(left, key=lambda path: alike(old[path], new[target]), default=None)
        if source is not None and alike(old[source], new[target]) >= RENAME_RATIO:
            left.discard(source)
            yield target, source


def _sameness(old: bytes, new: bytes) -> float:
    return float(old == new)


def _similarity(old: bytes, new: bytes) -> float:
    if old == new:
        return 1.0
    matcher = SequenceMatcher(None, old.splitlines(), new.splitlines())
    if matcher.real_quick_ratio() < RENAME_RATIO or matcher.quick_ratio() < RENAME_RATIO:
        return 0.0
    return matcher.ratio()


def _change(old_path: str, new_path: str, old: Tree, new: Tree) -> FileChange | None:
    before, after = old.get(old_path), new.get(new_path)
    if before == after and old_path == new_path:
        return None
    if b"\0" in (before or b"") or b"\0" in (after or b""):
        text = f"Binary files a/{old_path} and b/{new_path} differ\n"
        return FileChange(old_path=old_path, new_path=new_path, old=before, new=after, text=text)
    return _text_change(old_path, new_path, before, after)


def _text_change(old_path: str, new_path: str, before: bytes | None, after: bytes | None) -> FileChange:
    old_lines = _lines(before or b"")
    new_lines = _lines(after or b"")
    text: list[str] = []
    added: set[int] = set()
    removed: set[int] = set()
    unchanged: list[tuple[int, int]] = []
    matcher = SequenceMatcher(None, old_lines, new_lines)
    for group in matcher.get_grouped_opcodes(CONTEXT_LINES):
        text.append(_hunk_header(group))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                unchanged += [(j1 + n + 1, i1 + n + 1) for n in range(i2 - i1)]
                text += [_line(" ", line) for line in old_lines[i1:i2]]
                continue
            removed |= set(range(i1 + 1, i2 + 1))
            added |= set(range(j1 + 1, j2 + 1))
            text += [_line("-", line) for line in old_lines[i1:i2]]
            text += [_line("+", line) for line in new_lines[j1:j2]]
    return FileChange(
        old_path=old_path,
        new_path=new_path,
        old=before,
        new=after,
        text="".join(text),
        added=frozenset(added),
        removed=frozenset(removed),
        unchanged=tuple(unchanged),
    )


def _lines(content: bytes) -> list[str]:
    *whole, rest = content.decode("utf-8", "replace").split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def _line(mark: str, line: str) -> str:
    return mark + line if line.endswith("\n") else f"{mark}{line}\n{NO_NEWLINE}"


def _hunk_header(group: list[tuple[str, int, int, int, int]]) -> str:
    first, last = group[0], group[-1]
    return f"@@ -{_extent(first[1], last[2])} +{_extent(first[3], last[4])} @@\n"


def _extent(start: int, end: int) -> str:
    length = end - start
    begin = start + 1 if length else start
    return f"{begin}" if length == 1 else f"{begin},{length}"
