"""The bot in a process of its own, for tests that kill it or measure it from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp

from bot.shell.sandbox.demo_projects import BOT_TOKEN

ROOT = Path(__file__).parents[2]
SIGNING = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


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
