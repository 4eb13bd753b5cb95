"""Fixtures of the adapter's tests: the real client against the simulated GitLab, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.client import Observation, Timeouts
from tests.worlds import BOT_TOKEN, World, world

__all__ = ["world"]

QUICK = Timeouts(connect_s=1, read_s=0.3, total_s=1.5, wait_s=1.2, pauses_s=(0.02, 0.05))


@pytest.fixture
def observations() -> list[Observation]:
    return []


@pytest.fixture
async def forge(world: World, observations) -> AsyncIterator[GitLabForge]:
    forge = GitLabForge(world.gitlab.url, BOT_TOKEN, timeouts=QUICK, observe=observations.append)
    yield forge
    await forge.close()


@pytest.fixture
def merge_request(world: World):
    return world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")
