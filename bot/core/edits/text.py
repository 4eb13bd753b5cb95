"""The only place where text is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.core.fix import Edit
from bot.core.source import SourceFile


class EditRefused(Exception):  # noqa: N818 - a refusal that the reader sees, not a fault
    """An edit cannot be made safely. The message is a sentence for the reader."""


def apply_edits(files: Mapping[str, SourceFile], edits: Iterable[Edit]) -> dict[str, SourceFile]:
    """Return the files that the edits change, changed. Files that are not named stay out of the answer.

    Raises EditRefused for edits that overlap, that insert twice at one place in no certain order, or that lie
    outside their file.
    """
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.path, []).append(edit)
    absent = [path for path in by_path if path not in files]
    if absent:
        raise EditRefused(f"`{absent[0]}` is not there")
    return {path: files[path].with_text(_splice(files[path].text, path, found)) for path, found in by_path.items()}


def _splice(text: str, path: str, edits: list[Edit]) -> str:
    pieces: list[str] = []
    done = 0
    previous: Edit | None = None
    for edit in sorted(set(edits)):
        if edit.span.end > len(text):
            raise EditRefused(f"an edit lies behind the end of `{path}`")
        clash = previous is not None and edit.span.start == previous.span.start
        if edit.span.start < done or clash:
            raise EditRefused(f"two edits of `{path}` touch the same place")
        pieces += (text[done : edit.span.start], edit.text)
        done, previous = edit.span.end, edit
    return "".join((*pieces, text[done:]))
