"""Look at the merge request again, now.

What it does
------------
Reads the merge request as it is, and brings note, threads and fix-up up to date. It also takes back a note
that somebody edited or deleted.

In use
------
`/scansion check`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request
from bot.app.conversation import find_note
from bot.app.reconcile import Looked, look, read_scene


async def run(request: Request) -> Answer:
    """Look, and answer with the verdict."""
    looked = await look(request.services, *request.address)
    return Answer(text=await verdict_now(request, looked))


async def verdict_now(request: Request, looked: Looked) -> str:
    """Return the first line of the note as it stands now."""
    scene = await read_scene(request.services, looked.scene.me, looked.scene.request)
    found = await find_note(scene)
    if found is None:
        return "Looked again: there is nothing to say about this merge request."
    return f"Looked again. {found[1].verdict}"


COMMAND = Command(id="check", run=run)
