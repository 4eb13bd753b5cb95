"""Fixtures of the adapter's tests: the real client against the simulated GitLab, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.client import Observation, Timeouts
from tests.worlds import BOT_TOKEN, World, world

__all__ = ["world"]

PATIENT = Timeouts(read_s=20, total_s=60)


@pytest.fixture
def observations() -> list[Observation]:
    return []


@pytest.fixture
async def forge(world: World, observations) -> AsyncIterator[GitLabForge]:
    forge = GitLabForge(world.gitlab.url, BOT_TOKEN, timeouts=PATIENT, observe=observations.append)
    yield forge
    await forge.close()


@pytest.fixture
def merge_request(world: World):
    return world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")
