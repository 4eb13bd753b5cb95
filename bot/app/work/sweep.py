"""Look at everything that is open: for deliveries that never came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.app.claims import keep_claims
from bot.app.lanes import branch_work, review_of
from bot.app.ports import Done, Outcome, PermanentForgeError, Services, Work, WorkItem

LOOK_BACK = timedelta(days=14)


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Add a review of each open merge request and a look at each default branch."""
    del payload
    since = (datetime.fromtimestamp(services.clock.now(), UTC) - LOOK_BACK).isoformat()
    items: list[WorkItem] = []
    for project in await services.forge.projects():
        try:
            found = await services.forge.merge_requests(project.id, state="opened", updated_after=since)
        except PermanentForgeError:
            continue  # merge requests are switched off there
        await keep_claims(services, project.id, {request.iid for request in found})
        items += [review_of(project.id, request.iid) for request in found]
        items.append(branch_work(project.id, project.default_branch))
    await services.queue.add(None, items)
    return Done(f"{len(items)} things to look at")


WORK = Work(id="sweep", run=run)
