"""Change the project's version to one that is free.

What it does
------------
Raises the patch, minor or major number, or takes the version that is named, and says why that number is free:
which versions the registries have that the pipeline publishes to. The change comes as a merge request into this
one's branch.

In use
------
`/scansion bump`

`/scansion bump minor`

`/scansion bump 2.0.0rc1`
"""

from __future__ import annotations

from bot.app.asked import BUMP
from bot.app.command import Answer, Command, Request
from bot.app.commands.fix import answer
from bot.app.reconcile import look, read_scene
from bot.app.snapshots import read_me
from bot.core.python.bump import BumpRefused, plan_bump
from bot.core.render.inert import prose


async def run(request: Request) -> Answer:
    """Choose the version, and ask for it like for any other fix."""
    services = request.services
    scene = await read_scene(
        services, await read_me(services, request.merge_request.project_id), request.merge_request
    )
    try:
        bump = plan_bump(scene.reading.snapshot, request.words[0] if request.words else "patch")
    except BumpRefused as refusal:
        return Answer(text=prose(str(refusal)))
    wanted = (f"{BUMP}{bump.version}",)
    done = answer(await look(services, *request.address, asked={request.note.id: wanted}), wanted)
    return Answer(text=f"{prose(bump.reason)} {done.text}", fix=done.fix, fixup=done.fixup)


COMMAND = Command(id="bump", usage="[patch|minor|major|VERSION]", run=run)
