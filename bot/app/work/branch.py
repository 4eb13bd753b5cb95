"""Look at a branch that no merge request stands for: the default branch's own failures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.branch import reconcile_branch
from bot.app.ports import Outcome, Services, Work


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Reconcile the branch's fix-up."""
    return await reconcile_branch(services, int(payload["project_id"]), str(payload["ref"]))


WORK = Work(id="branch", run=run)
