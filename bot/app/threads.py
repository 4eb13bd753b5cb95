"""Threads with suggestions, reconciled: opened, resolved when fixed, opened again when back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.app.ports import Discussion, FileDiff, InvalidPositionError, Position
from bot.app.scene import Scene
from bot.core.render.marker import marked, read_marker, without_marker
from bot.core.suggestion import Suggestion

KIND = "thread"
MAX_THREADS = 10


@dataclass(frozen=True, slots=True)
class ThreadMark:
    """What a thread's marker keeps. ``fingerprint`` may be a failure's signature."""

    fingerprint: str
    line: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thread that should be there. ``keys`` are what it is known by, the first for a new one.

    Without a suggestion none is opened, and one that is there stays as it is.
    """

    keys: tuple[str, ...]
    words: str = ""
    suggestion: Suggestion | None = None


async def reconcile_threads(
    scene: Scene,
    wanted: Sequence[Wanted],
    diffs: Mapping[str, FileDiff],
    *,
    before: Collection[str],
) -> dict[str, int]:
    """Make the threads fit; returns the first comment of each that stands, by every key of it.

    ``before`` are the keys of the last check: a thread that a person resolved while it was wanted stays resolved;
    one that we resolved, since nobody needed it any more, is opened again when it is.
    """
    standing: dict[str, int] = {}
    by_key = {key: item for item in wanted for key in item.keys}
    for discussion, mark in _own_threads(scene):
        target = by_key.get(mark.fingerprint) if mark.fingerprint not in standing else None
        if target is not None:
            standing |= dict.fromkeys(target.keys, discussion.notes[0].id)
        if _has_reply(scene, discussion):
            continue
        if target is not None and target.suggestion is not None:
            body = _body(target, target.suggestion)
            moved = discussion.notes[0].new_line not in (None, target.suggestion.last) or not mark.line
            await _keep(scene, discussion, "" if moved else body, back=mark.fingerprint not in before)
        elif target is None and not discussion.notes[0].resolved:
            await _resolve(scene, discussion, resolved=True)
    missing = [item for item in wanted if item.suggestion and item.keys[0] not in standing]
    for item in missing[: max(0, MAX_THREADS - len(set(standing.values())))]:
        standing |= dict.fromkeys(item.keys, await _open(scene, item, diffs))
    return {key: note for key, note in standing.items() if note}


def _own_threads(scene: Scene) -> Iterator[tuple[Discussion, ThreadMark]]:
    for discussion in scene.discussions:
        first = discussion.notes[0]
        if scene.is_ours(first.author) and (mark := read_marker(KIND, first.body, ThreadMark)) is not None:
            yield discussion, mark


def _has_reply(scene: Scene, discussion: Discussion) -> bool:
    return any(not note.system and not scene.is_ours(note.author) for note in discussion.notes)


def _body(item: Wanted, suggestion: Suggestion) -> str:
    return marked(KIND, f"{item.words}\n\n{suggestion.block}", ThreadMark(item.keys[0], suggestion.last))


async def _keep(scene: Scene, discussion: Discussion, body: str, *, back: bool) -> None:
    """Say what is right now, unless a person has answered; without a body the words stay."""
    first = discussion.notes[0]
    if first.resolved and not back:
        return
    if body and without_marker(body) != without_marker(first.body):
        await scene.pen.ready()
        await scene.services.forge.update_note(*scene.address, first.id, body)
    if first.resolved:
        await _resolve(scene, discussion, resolved=False)


async def _resolve(scene: Scene, discussion: Discussion, *, resolved: bool) -> None:
    await scene.pen.ready()
    await scene.services.forge.resolve(*scene.address, discussion.id, resolved=resolved)


async def _open(scene: Scene, item: Wanted, diffs: Mapping[str, FileDiff]) -> int:
    """Open a thread; returns its comment, 0 where GitLab does not take it."""
    refs, suggestion = scene.request.diff_refs, item.suggestion
    if refs is None or suggestion is None:
        return 0
    diff, line = diffs[suggestion.path], suggestion.last
    position = Position(
        refs=refs,
        old_path=diff.old_path,
        new_path=diff.new_path,
        new_line=line,
        old_line=None if line in diff.added else diff.old_line_of.get(line),
    )
    await scene.pen.ready()
    try:
        made = await scene.services.forge.create_discussion(*scene.address, _body(item, suggestion), position)
    except InvalidPositionError:
        return 0  # GitLab sees another diff than we do: the note tells it all the same
    return made.notes[0].id
