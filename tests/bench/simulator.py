"""The simulated GitLab in a process of its own, told what to do by lines on its standard input."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from bot.shell.sandbox.demo_projects import Demo, open_ledger_request, seed
from bot.shell.sandbox.sandbox import Sandbox
from tests.e2e.beside_gitlab import ROOT
from tests.planted import SIGNING_TOKEN

QUIET_S = 1.0
PATIENCE_S = 600


@dataclass
class Simulator:
    """The parent's side."""

    process: asyncio.subprocess.Process
    url: str = ""

    @property
    def pid(self) -> int:
        return self.process.pid

    async def ask(self, line: str) -> str:
        """Send a line and return the answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the simulator has no pipes")
        self.process.stdin.write(f"{line}\n".encode())
        async with asyncio.timeout(PATIENCE_S):
            return (await self.process.stdout.readline()).decode().strip()

    async def tell_hook(self, url: str) -> None:
        """Let the sample project send its webhooks there."""
        await self.ask(f"hook {url}")

    async def wake_up(self) -> float:
        """Open a merge request; seconds to the bot's first call after a quiet time."""
        return float(await self.ask("wake"))

    async def open_and_wait(self, count: int) -> None:
        """Open merge requests at once and wait until each has its note."""
        await self.ask(f"open {count}")


@contextlib.asynccontextmanager
async def simulator(delay_s: float) -> AsyncIterator[Simulator]:
    """Start one, end it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.simulator", str(delay_s),
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    started = Simulator(process)
    try:
        started.url = await started.ask("url")
        yield started
    finally:
        process.kill()
        await process.wait()


@dataclass
class Obeying:
    """The simulator's side."""

    demo: Demo
    calls: list[float] = field(default_factory=list)
    opened: int = 0

    async def obey(self, line: str) -> str:
        """Do what a line says."""
        gitlab = self.demo.gitlab
        word, _, rest = line.partition(" ")
        if word == "hook":
            gitlab.add_hook(self.demo.ledger, rest, signing_token=SIGNING_TOKEN)
        elif word == "wake":
            return repr(await self._wake())
        elif word == "open":
            await self._open(int(rest))
        return gitlab.url

    def hear(self, _method: str, _path: str) -> None:
        """Note when the bot asked."""
        self.calls.append(time.monotonic())

    async def _quiet(self) -> None:
        while self.calls and time.monotonic() - self.calls[-1] < QUIET_S:  # noqa: ASYNC110 - another process asks
            await asyncio.sleep(QUIET_S / 5)

    async def _wake(self) -> float:
        await self._quiet()
        self.calls.clear()
        started = time.monotonic()
        self._request()
        while not self.calls:  # noqa: ASYNC110 - another process asks
            await asyncio.sleep(0.002)
        return self.calls[0] - started

    async def _open(self, count: int) -> None:
        await self._quiet()
        requests = [self._request() for _ in range(count)]
        while not all(self.demo.gitlab.notes_of(entry, self.demo.bot) for entry in requests):  # noqa: ASYNC110
            await asyncio.sleep(0.02)

    def _request(self):
        self.opened += 1
        return open_ledger_request(self.demo, f"branch-{self.opened}")


async def main() -> None:
    """Obey until the pipe ends."""
    loop = asyncio.get_running_loop()
    async with Sandbox() as gitlab:
        obeying = Obeying(seed(gitlab))
        gitlab.world.later = lambda _run: None  # no pipelines: the review alone
        gitlab.server.delay_s = float(sys.argv[1])
        gitlab.server.faults = obeying.hear
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            print(await obeying.obey(line.strip()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
