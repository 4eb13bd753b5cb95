"""Learn from a green pipeline what its jobs usually print and what installing costs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.app.learning import learn
from bot.app.ports import Outcome, Services, Work


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Read the logs that something is wanted of; nothing is asked of GitLab where nothing is."""
    return await learn(services, int(payload["project_id"]), int(payload["pipeline_id"]))


WORK = Work(id="learn", run=run)
