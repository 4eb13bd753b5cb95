"""Review a merge request: read it as it is now, and make note, threads and fix-up fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.ports import Outcome, Services, Work
from bot.app.reconcile import reconcile


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Reconcile the merge request."""
    return await reconcile(services, int(payload["project_id"]), int(payload["iid"]))


WORK = Work(id="review", run=run)
