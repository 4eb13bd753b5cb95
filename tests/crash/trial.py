"""Sends events to processes that are killed at random, and judges what came of it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.crash.clock import shift_server_clock
from tests.crash.node import FARTHEST_JUMP_S, open_ledger
from tests.payloads import encode, note

TOKEN = "made-up-token"
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do to whom. ``roles`` are commands of the node: one ``serve``, or ``receive`` and some ``work``."""

    store_url: str
    folder: Path
    roles: tuple[str, ...]
    events: int
    lanes: int
    kills: int
    pause_s: tuple[float, float]
    jumps: bool = False
    seconds: float = 0.005
    quick: bool = False
    seed: int = 1
    patience_s: float = 120


@dataclass
class Verdict:
    """What was found; ``lost`` to ``overlaps`` should be 0 or empty.

    ``recovered_s``: from the last kill until every lane with work left had gone on; ``drained_s``: until the end.
    """

    sent: int = 0
    kills: int = 0
    lost: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    disordered: list[int] = field(default_factory=list)
    overlaps: int = 0
    recovered_s: float = 0.0
    drained_s: float = 0.0

    @property
    def clean(self) -> bool:
        return not (self.lost or self.unknown or self.disordered or self.overlaps)


class Trial:
    """One run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.port = _free_port()
        self.ledger_path = str(plan.folder / "ledger.db")
        self.ledger = open_ledger(self.ledger_path)
        self.processes: list[subprocess.Popen] = []
        self.random = random.Random(plan.seed)
        self.accepted: set[int] = set()
        self.verdict = Verdict()
        self.last_kill = time.monotonic()

    async def run(self) -> Verdict:
        """Send everything while killing, wait until all is done, judge."""
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # so does a process that is not ready for it
        self.processes = [self.start(role) for role in self.plan.roles]
        try:
            sending = asyncio.create_task(self.send_all())
            await self.kill_some(sending)
            await sending
            await self.wait_for_the_rest()
            self.judge()
        finally:
            for process in self.processes:
                process.kill()
                process.wait()
            self.ledger.close()
        return self.verdict

    def start(self, role: str) -> subprocess.Popen:
        environment = {
            **os.environ,
            "SCANSION_WEBHOOK_TOKEN": TOKEN,
            "SCANSION_STORE_URL": self.plan.store_url,
            "SCANSION_SWEEP_INTERVAL_S": "0",
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
        }
        command = [sys.executable, "-m", "tests.crash.node", role, self.ledger_path, str(self.plan.seconds)]
        quick = ["quick"] if self.plan.quick else []
        with (self.plan.folder / "nodes.log").open("ab") as log:
            return subprocess.Popen([*command, *quick], env=environment, cwd=ROOT, stdout=log, stderr=log)

    async def send_all(self) -> None:
        """Each lane's events one after the other, each until it is accepted: as a person would comment."""
        per_lane = self.plan.events // self.plan.lanes
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as session:
            await asyncio.gather(*[self.send_lane(session, lane, per_lane) for lane in range(self.plan.lanes)])

    async def send_lane(self, session: aiohttp.ClientSession, lane: int, count: int) -> None:
        """Send a lane's events; the last one waits for the last kill, so that every kill hits a running load."""
        for turn in range(count):
            while turn == count - 1 and self.verdict.kills < self.plan.kills:  # noqa: ASYNC110 - kills take time
                await asyncio.sleep(0.05)
            number = turn * self.plan.lanes + lane + 1
            body = note("/scansion help", id=number)
            body["merge_request"]["iid"] = lane
            while not await self.send(session, number, encode(body)):  # noqa: ASYNC110 - another process answers
                await asyncio.sleep(0.05)

    async def send(self, session: aiohttp.ClientSession, number: int, body: bytes) -> bool:
        headers = {"X-Gitlab-Token": TOKEN, "webhook-id": f"event-{number}"}
        try:
            async with session.post(f"http://127.0.0.1:{self.port}/webhook", data=body, headers=headers) as answer:
                taken = answer.status in {200, 202}
        except (aiohttp.ClientError, TimeoutError):
            return False
        if taken:
            self.accepted.add(number)
        return taken

    async def kill_some(self, sending: asyncio.Task) -> None:
        while self.verdict.kills < self.plan.kills and not sending.done():
            await asyncio.sleep(self.random.uniform(*self.plan.pause_s))
            if self.plan.jumps:
                await self.let_clocks_jump()
            at = self.random.randrange(len(self.processes))
            self.processes[at].send_signal(signal.SIGKILL)
            self.last_kill = time.monotonic()
            self.processes[at].wait()
            self.processes[at] = self.start(self.plan.roles[at])
            self.verdict.kills += 1

    async def let_clocks_jump(self) -> None:
        """Some process's, and that of the database's server, by up to four hours either way."""
        self.random.choice(self.processes).send_signal(signal.SIGUSR1)
        if self.plan.store_url.startswith("postgresql"):
            jump = self.random.uniform(-FARTHEST_JUMP_S, FARTHEST_JUMP_S)
            await asyncio.to_thread(shift_server_clock, self.plan.store_url, jump)

    def is_done(self) -> bool:
        done = self.ledger.execute("SELECT count(*) FROM first_effect").fetchone()[0]
        return done >= len(self.accepted)

    async def wait_for_the_rest(self) -> None:
        while not self.is_done() and time.monotonic() - self.last_kill < self.plan.patience_s:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        self.verdict.drained_s = time.monotonic() - self.last_kill

    def judge(self) -> None:
        effects = self.ledger.execute("SELECT number, lane FROM first_effect ORDER BY position").fetchall()
        done = {number for number, _ in effects}
        self.verdict.sent = len(self.accepted)
        self.verdict.lost = sorted(self.accepted - done)
        self.verdict.unknown = sorted(done - self.accepted)
        last: dict[int, int] = {}
        for number, lane in effects:
            if number < last.get(lane, 0):
                self.verdict.disordered.append(number)
            last[lane] = number
        self.verdict.overlaps = _overlaps(self.ledger)
        first = "SELECT lane, min(at) FROM moment WHERE what = 'start' AND at > ? GROUP BY lane"
        went_on = self.ledger.execute(first, (self.last_kill,)).fetchall()
        self.verdict.recovered_s = max((at - self.last_kill for _, at in went_on), default=0.0)


def _overlaps(ledger: sqlite3.Connection) -> int:
    """Starts of a lane between another event's start and its end; a killed start has no end."""
    count = 0
    open_of: dict[int, int] = {}
    finished = {row[0] for row in ledger.execute("SELECT number FROM moment WHERE what = 'end'")}
    for number, lane, what in ledger.execute("SELECT number, lane, what FROM moment ORDER BY at"):
        if what == "end":
            open_of.pop(lane, None)
            continue
        other = open_of.get(lane)
        count += other is not None and other != number and other in finished
        open_of[lane] = number
    return count


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
