"""`scansion install` against the simulated GitLab."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from bot.app.ports import PermanentForgeError
from bot.shell.cli import run_command
from bot.shell.gitlab.breaker import Breaker
from bot.shell.gitlab.client import Client, Timeouts
from bot.shell.install import Receiver, install
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, OWNER
from tests.planted import SIGNING_TOKEN
from tests.worlds import BOT_TOKEN, world

__all__ = ["world"]

RECEIVER = Receiver(url="https://scansion.example.com/webhook", token="made-up-token", signing_token=SIGNING_TOKEN)


async def run(world, target, receiver=RECEIVER):
    client = Client(world.gitlab.url, BOT_TOKEN, breaker=Breaker(time.monotonic), timeouts=Timeouts())
    try:
        return await asyncio.to_thread(install, client, target, receiver)
    finally:
        client.close()


async def test_hook_of_a_project_is_made_once_with_all_that_the_bot_listens_to(world):
    world.gitlab.add_member(world.project, world.bot, MAINTAINER)
    first = await run(world, "grp/verse")
    second = await run(world, str(world.project.id))
    [hook] = world.project.hooks
    assert (first.created, second.created, first.hook == second.hook == hook.id) == (True, False, True)
    assert hook.events == {"merge_requests_events", "pipeline_events", "job_events", "note_events"}
    assert (hook.token, hook.signing_token) == ("made-up-token", SIGNING_TOKEN)


async def test_hook_that_lost_its_events_is_set_right(world):
    world.gitlab.add_member(world.project, world.bot, MAINTAINER)
    hook = world.gitlab.add_hook(world.project, RECEIVER.url, events=frozenset({"push_events"}))
    await run(world, "grp/verse")
    assert "note_events" in hook.events
    assert "push_events" not in hook.events


async def test_group_gets_one_hook_for_all_its_projects(world):
    world.gitlab.add_member(world.project, world.bot, OWNER)
    assert (await run(world, "grp")).kind == "group"
    assert (await run(world, "grp")).created is False
    assert len(world.gitlab.world.group_hooks["grp"]) == 1


async def test_role_that_is_too_low_is_named(world):
    world.gitlab.add_member(world.project, world.bot, DEVELOPER)
    with pytest.raises(PermanentForgeError, match="role Maintainer"):
        await run(world, "grp/verse")


async def test_target_that_is_not_there_is_named(world):
    with pytest.raises(PermanentForgeError, match="no project or group `grp/none`"):
        await run(world, "grp/none")


async def test_command_says_what_it_did(world, monkeypatch, capsys):
    world.gitlab.add_member(world.project, world.bot, MAINTAINER)
    monkeypatch.setenv("SCANSION_GITLAB_URL", world.gitlab.url)
    monkeypatch.setenv("SCANSION_GITLAB_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SCANSION_WEBHOOK_SIGNING_TOKEN", SIGNING_TOKEN)
    words = ["install", "grp/verse", "--url", "https://scansion.example.com", "--format", "json"]
    assert await asyncio.to_thread(run_command, words) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["created"], said["url"]) == (True, "https://scansion.example.com/webhook")
    assert await asyncio.to_thread(run_command, words[:2]) == 2
    assert capsys.readouterr().err.count("\n") == 1
