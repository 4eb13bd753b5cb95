"""A small world on a simulated GitLab, and a client that speaks to it as a token's user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession

from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, JobRun, Project, User

CI = "test:\n  image: python:3.11-slim\n  script:\n    - poetry install\n"
PYPROJECT = '[project]\nname = "verse"\nversion = "0.1.0"\n'
LINES = "".join(f"line {n}\n" for n in range(1, 41))
BOT_TOKEN = "made-up-bot-token"
DEV_TOKEN = "made-up-dev-token"


@dataclass
class World:
    """The sandbox with one project, a developer, a bot and a session."""

    gitlab: Sandbox
    project: Project
    dev: User
    bot: User
    session: ClientSession

    async def ask(self, method: str, path: str, *, token: str = BOT_TOKEN, **kwargs: object):
        """Return status and decoded body of a call."""
        url = f"{self.gitlab.url}/api/v4{path}".replace(":id", str(self.project.id))
        async with self.session.request(method, url, headers={"PRIVATE-TOKEN": token}, **kwargs) as answer:
            body = await answer.json() if answer.content_type == "application/json" else await answer.text()
            self.headers = answer.headers
            return answer.status, body


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with Sandbox() as gitlab, ClientSession() as session:
        dev = gitlab.create_user("dev1", "Dev One")
        bot = gitlab.create_user("project_1_bot_ab12", "Scansion", bot=True)
        gitlab.create_token(dev, DEV_TOKEN)
        gitlab.create_token(bot, BOT_TOKEN)
        project = gitlab.create_project("grp/verse", members={dev: MAINTAINER, bot: DEVELOPER})
        gitlab.world.runner = lambda *_: [
            JobRun("test", status="failed", trace=b"ERROR: Job failed: exit code 1\n")
        ]
        files = {".gitlab-ci.yml": CI, "pyproject.toml": PYPROJECT, "poem.txt": LINES}
        gitlab.push(project, "main", files, "Start", dev)
        gitlab.push(project, "feature", {"pyproject.toml": PYPROJECT.replace("0.1.0", "0.2.0")}, "Bump", dev)
        yield World(gitlab, project, dev, bot, session)
        assert not gitlab.server.unknown, "the simulated GitLab was asked for what it does not know"
