"""The bot as its own process beside the simulated GitLab with the demo's projects."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientSession

from bot.shell.clock import SystemClock
from bot.shell.queue_admin import QueueAdmin
from bot.shell.sandbox.demo_projects import BOT_TOKEN, Demo, seed
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import MergeRequest, Note, Project
from bot.shell.store.store import open_store
from tests.planted import SIGNING_TOKEN

PATIENCE_S = 120.0
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class BotProcess:
    """`scansion serve` that can be killed and started again."""

    gitlab_url: str
    store_url: str
    folder: Path
    command: tuple[str, ...] = ("bot", "serve")
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        settings = {
            "SCANSION_GITLAB_URL": self.gitlab_url,
            "SCANSION_GITLAB_TOKEN": BOT_TOKEN,
            "SCANSION_WEBHOOK_SIGNING_TOKEN": SIGNING_TOKEN,
            "SCANSION_STORE_URL": self.store_url,
            "SCANSION_SWEEP_INTERVAL_S": "0",
            "SCANSION_OPEN_FIXUPS_PER_PROJECT": "50",
            "SCANSION_FIXUP_PUSHES_PER_HOUR": "100",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
        }
        log = (self.folder / "bot.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *self.command, cwd=ROOT, env=settings, stdout=log, stderr=log
        )
        log.close()
        await until(self._alive, "the bot to listen")

    async def _alive(self) -> bool:
        if self.process is None or self.process.returncode is not None:
            raise AssertionError((self.folder / "bot.log").read_text()[-3000:])
        if "work" in self.command:  # it listens on no port
            return "worker_ready" in (self.folder / "bot.log").read_text()
        try:
            async with ClientSession() as session, session.get(f"{self.url}/healthz") as answer:
                return answer.status == 200
        except OSError:
            return False

    async def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            await self.process.wait()

    async def stop(self) -> None:
        """End it as an operator does."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


async def until(answer, what: str) -> None:
    """Wait for something to become true; fail with its name after a minute."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while not await answer():
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        await asyncio.sleep(0.02)


@dataclass
class Scene:
    """The simulated GitLab, its demo projects and the bot."""

    gitlab: Sandbox
    demo: Demo
    bot: BotProcess

    def notes(self, request: MergeRequest) -> list[Note]:
        return self.gitlab.notes_of(request, self.demo.bot)

    def fixups(self, project: Project) -> list[MergeRequest]:
        return [request for request in project.merge_requests if request.author is self.demo.bot]

    async def rest(self) -> None:
        """Wait until every webhook is delivered and no work waits or runs, also none of a process that died."""
        store = await open_store(self.bot.store_url, SystemClock(), exclusive=False)

        async def is_done() -> bool:
            await self.gitlab.webhooks.delivered()
            counts = await QueueAdmin(store).counts()
            return not counts["waiting"] + counts["running"]

        try:
            await until(is_done, "the end of all work")
        finally:
            await store.close()

    async def quiet(self, seconds: float = 1.0) -> None:
        """Wait until the bot has asked GitLab nothing for a while."""
        seen = -1
        while seen != len(self.gitlab.server.requests):
            seen = len(self.gitlab.server.requests)
            await self.gitlab.webhooks.delivered()
            await asyncio.sleep(seconds)


async def scene_with(store_url: str, folder: Path, **bot_options: object) -> Scene:
    gitlab = Sandbox()
    await gitlab.start()
    demo = seed(gitlab)
    bot = BotProcess(gitlab.url, store_url, folder, **bot_options)
    for project in (demo.ledger, demo.metrum):
        gitlab.add_hook(project, f"{bot.url}/webhook", signing_token=SIGNING_TOKEN)
    return Scene(gitlab, demo, bot)
