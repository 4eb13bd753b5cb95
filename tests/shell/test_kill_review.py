"""One webhook that comes twenty times to a bot that is killed in between leaves one note and one merge request."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from random import Random

import aiohttp

from bot.shell.sandbox.demo_projects import BOT_TOKEN, Demo, open_ledger_request, seed
from bot.shell.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
SIGNING = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
COPIES = 20
KILLS = int(os.environ.get("SCANSION_TEST_KILLS", "5"))


class Bot:
    """The bot's process, started again whenever it was killed."""

    def __init__(self, gitlab_url: str, store_url: str, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = log
        self._environment = {
            **os.environ,
            "SCANSION_GITLAB_URL": gitlab_url,
            "SCANSION_GITLAB_TOKEN": BOT_TOKEN,
            "SCANSION_WEBHOOK_SIGNING_TOKEN": SIGNING,
            "SCANSION_STORE_URL": store_url,
            "SCANSION_SWEEP_INTERVAL_S": "0",
            "PORT": str(self.port),
        }
        self._process = self._start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self, *, restart: bool = True) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        if restart:
            self._process = self._start()

    async def alive(self) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{self.address}/healthz"):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    def _start(self) -> subprocess.Popen:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.crash.bot"], env=self._environment, cwd=ROOT, stdout=log, stderr=log
            )


def effects(demo: Demo) -> tuple[int, int]:
    """How many notes and merge requests the bot made."""
    request = next(entry for entry in demo.ledger.merge_requests if entry.author is demo.mira)
    own = [entry for entry in demo.ledger.merge_requests if entry.author is demo.bot]
    plain = [note for note in demo.gitlab.notes_of(request, demo.bot) if not note.position]
    return len(plain), len(own)


async def quiet(demo: Demo, *, for_s: float, within_s: float) -> None:
    """Wait until the bot has asked nothing for a while."""
    async with asyncio.timeout(within_s):
        seen, still = -1, 0.0
        while still < for_s:
            now = len(demo.gitlab.server.requests)
            still = still + 0.1 if now == seen else 0.0
            seen = now
            await asyncio.sleep(0.1)


async def test_kills_and_copies_leave_one_note_and_one_merge_request(store_url, tmp_path) -> None:
    random = Random(7)
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.server.delay_s = 0.03
        bot = Bot(gitlab.url, store_url, tmp_path / "bot.log")
        try:
            await bot.alive()
            gitlab.add_hook(demo.ledger, f"{bot.address}/webhook", signing_token=SIGNING)
            open_ledger_request(demo)
            first = list(gitlab.webhooks._waiting)
            for _ in range(COPIES - 1):
                for delivery in first:
                    gitlab.webhooks.send(delivery)
            for _ in range(KILLS):
                await asyncio.sleep(random.uniform(0.05, 0.6))
                bot.kill()
                await bot.alive()
            for delivery in first:
                gitlab.webhooks.send(delivery)
            await quiet(demo, for_s=4, within_s=60)
        finally:
            bot.kill(restart=False)
    assert effects(demo) == (1, 1), (tmp_path / "bot.log").read_text()[-4000:]
    assert gitlab.server.unknown == []
