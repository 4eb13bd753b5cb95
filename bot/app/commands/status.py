"""Say how things stand on this merge request.

What it does
------------
Answers with the verdict, the pipeline, the fix-up and what is ignored here.

In use
------
`/scansion status`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request
from bot.app.commands.check import verdict_now
from bot.app.reconcile import look
from bot.core.render.inert import code


async def run(request: Request) -> Answer:
    """Look, and answer with the sum."""
    looked = await look(request.services, *request.address)
    ignored = ", ".join(code(rule) for rule in sorted(looked.judgement.asked.ignored))
    pipeline = looked.scene.request.head_pipeline_status or "none"
    lines = [
        await verdict_now(request, looked),
        f"- Pipeline of the head: {code(pipeline, 40)}",
        f"- Fix-up: {looked.fixup.sentence or 'none'}",
        f"- Ignored here: {ignored or 'nothing'}",
    ]
    return Answer(text="\n".join(lines))


COMMAND = Command(id="status", run=run)
