"""Answers that wait for a pipeline: they tell its end in the same note."""

from __future__ import annotations

from dataclasses import replace

from bot.app.failures import FINISHED
from bot.app.fixup_target import FixupResult
from bot.app.ports import Note, NotFoundError
from bot.app.scene import Scene
from bot.core.render.marker import without_marker
from bot.core.render.reply import ReplyMark, read_reply, render_reply


async def report_ends(scene: Scene, fixup: FixupResult) -> None:
    """Complete every answer whose pipeline has ended."""
    for _, note in scene.own_notes():
        mark = read_reply(note.body)
        if mark is None or note.author.id != scene.me.id:
            continue
        if mark.pipeline:
            await _pipeline_end(scene, note, mark)
        elif mark.fixup and mark.fixup == fixup.iid and fixup.ended:
            await _complete(scene, note, fixup.sentence, mark)


async def _pipeline_end(scene: Scene, note: Note, mark: ReplyMark) -> None:
    try:
        pipeline = await scene.services.forge.pipeline(scene.project.id, mark.pipeline)
    except NotFoundError:
        return
    if pipeline.status in FINISHED:
        await _complete(scene, note, f"The pipeline ended: {pipeline.status}.", mark)


async def _complete(scene: Scene, note: Note, end: str, mark: ReplyMark) -> None:
    body = render_reply(f"{without_marker(note.body)}\n\n{end}", replace(mark, pipeline=0, fixup=0))
    await scene.pen.ready()
    await scene.services.forge.update_note(*scene.address, note.id, body)
