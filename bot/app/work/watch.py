"""Watch a fix-up: its own pipeline has ended, so whom it is for looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.ports import Done, Outcome, Services, Work
from bot.app.reconcile import reconcile


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Find the fix-up of the branch and hand on to its origin."""
    project_id, branch = int(payload["project_id"]), str(payload["ref"])
    requests = await services.forge.merge_requests(project_id, state="all", source_branch=branch)
    for request in requests:
        await reconcile(services, project_id, request.iid)
    return Done(f"{len(requests)} fix-ups on `{branch}`")


WORK = Work(id="watch", run=run)
