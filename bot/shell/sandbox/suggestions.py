"""Suggestions: fenced blocks of a diff note that replace the lines at its place."""

from __future__ import annotations

import re

from bot.shell.sandbox.state import Json, MergeRequest, Suggestion, World

_BLOCK = re.compile(
    r"^(?P<fence>`{3,})suggestion(?::-(?P<above>\d+)\+(?P<below>\d+))?[ \t]*\n(?P<text>.*?)^(?P=fence)[ \t]*$",
    re.DOTALL | re.MULTILINE,
)


def parse(world: World, request: MergeRequest, body: str, position: Json) -> list[Suggestion]:
    """Return the suggestions in a note at a position of the new side."""
    line = position.get("new_line")
    if not isinstance(line, int):
        return []
    path = str(position["new_path"])
    tree = request.source_project.repository.commits[request.sha].tree
    lines = tree.get(path, b"").decode("utf-8", "replace").splitlines(keepends=True)
    return [_suggestion(world, match, path, (line, lines)) for match in _BLOCK.finditer(body)]


def _suggestion(world: World, match: re.Match[str], path: str, place: tuple[int, list[str]]) -> Suggestion:
    line, lines = place
    first = max(1, line - int(match["above"] or 0))
    last = min(len(lines), line + int(match["below"] or 0))
    return Suggestion(
        id=world.next_id(),
        path=path,
        from_line=first,
        to_line=last,
        from_content="".join(lines[first - 1 : last]),
        to_content=match["text"],
    )


def applied(content: bytes, suggestion: Suggestion) -> bytes:
    """Return a file's content with the suggestion's lines in place."""
    lines = content.decode().splitlines(keepends=True)
    lines[suggestion.from_line - 1 : suggestion.to_line] = [suggestion.to_content]
    return "".join(lines).encode()
