"""Threads with suggestions, reconciled: opened, resolved when fixed, opened again when back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from bot.app.ports import DiffRefs, Discussion, FileDiff, InvalidPositionError, Position
from bot.app.scene import Scene
from bot.core.finding import Finding
from bot.core.render.contents import Links
from bot.core.render.inert import code, link, prose
from bot.core.render.marker import marked, read_marker, without_marker
from bot.core.render.secrets import scrub
from bot.core.suggestion import Suggestion

KIND = "thread"
MAX_THREADS = 10


@dataclass(frozen=True, slots=True)
class ThreadMark:
    """What a thread's marker keeps."""

    fingerprint: str
    line: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A thread that should be there."""

    finding: Finding
    suggestion: Suggestion


async def reconcile_threads(
    scene: Scene,
    wanted: Mapping[str, Wanted],
    diffs: Mapping[str, FileDiff],
    *,
    open_now: Collection[str],
    open_before: Collection[str],
) -> frozenset[str]:
    """Make the threads fit the findings; returns the fingerprints that have an open one.

    ``open_now`` and ``open_before`` are the fingerprints of this check and of the last: a thread that a person
    resolved while its finding stood stays resolved; one whose finding had gone is opened again.
    """
    standing: set[str] = set()
    for discussion, mark in _own_threads(scene):
        target = wanted.get(mark.fingerprint) if mark.fingerprint not in standing else None
        if target is not None:
            standing.add(mark.fingerprint)
        if _has_reply(scene, discussion):
            continue
        if target is not None:
            back = mark.fingerprint not in open_before
            await _keep(scene, discussion, target, mark, back=back)
        elif mark.fingerprint not in open_now and not discussion.notes[0].resolved:
            await _resolve(scene, discussion, resolved=True)
    refs = scene.request.diff_refs
    missing = [item for key, item in wanted.items() if key not in standing] if refs else []
    for item in missing[: max(0, MAX_THREADS - len(standing))]:
        if refs and await _open(scene, item, diffs[item.suggestion.path], refs):
            standing.add(item.finding.fingerprint)
    return frozenset(standing)


def _own_threads(scene: Scene) -> Iterator[tuple[Discussion, ThreadMark]]:
    for discussion in scene.discussions:
        first = discussion.notes[0]
        if scene.is_ours(first.author) and (mark := read_marker(KIND, first.body, ThreadMark)) is not None:
            yield discussion, mark


def _has_reply(scene: Scene, discussion: Discussion) -> bool:
    return any(not note.system and not scene.is_ours(note.author) for note in discussion.notes)


async def _keep(scene: Scene, discussion: Discussion, item: Wanted, mark: ThreadMark, *, back: bool) -> None:
    first = discussion.notes[0]
    if first.resolved and not back:
        return  # a person's answer
    body = _body(scene, item)
    moved = first.new_line not in (None, item.suggestion.last)
    if without_marker(body) != without_marker(first.body) and not moved and mark.line:
        await scene.pen.ready()
        await scene.services.forge.update_note(*scene.address, first.id, body)
    if first.resolved:
        await _resolve(scene, discussion, resolved=False)


async def _resolve(scene: Scene, discussion: Discussion, *, resolved: bool) -> None:
    await scene.pen.ready()
    await scene.services.forge.resolve(*scene.address, discussion.id, resolved=resolved)


async def _open(scene: Scene, item: Wanted, diff: FileDiff, refs: DiffRefs) -> bool:
    line = item.suggestion.last
    position = Position(
        refs=refs,
        old_path=diff.old_path,
        new_path=diff.new_path,
        new_line=line,
        old_line=None if line in diff.added else diff.old_line_of.get(line),
    )
    await scene.pen.ready()
    try:
        await scene.services.forge.create_discussion(*scene.address, _body(scene, item), position)
    except InvalidPositionError:
        return False  # GitLab sees another diff than we do: the note tells it all the same
    return True


def _body(scene: Scene, item: Wanted) -> str:
    finding = item.finding
    links = Links(scene.project.web_url, scene.request.sha, scene.services.choices.pages_url)
    rule = link(code(finding.rule), links.page(finding.rule))
    text = f"**{finding.severity}** {rule}: {prose(scrub(finding.message))}\n\n{item.suggestion.block}"
    return marked(KIND, text, ThreadMark(finding.fingerprint, item.suggestion.last))
