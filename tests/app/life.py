"""The bot's use cases on a simulated GitLab: events come as webhooks, work is done in its lanes' order."""

from __future__ import annotations

import json
import re
from collections import deque
from contextlib import asynccontextmanager

from bot.app.intake import read_delivery
from bot.app.ports import Dead, Retry, Services, Work
from bot.core.registry import load
from bot.core.render.marker import without_marker
from bot.shell.gitlab import GitLabForge
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import DEVELOPER, MAINTAINER, JobRun
from tests.app.world import CI, JUDGE, PYPROJECT
from tests.fakes import FakeClock, FakeMemory, FakeQueue

START = 1_790_000_000.0
READS = ("/api/graphql", "/ci/lint")


def runner(project, ref, files):
    """A job that needs `libpq-dev` and then `gcc` wherever `psycopg2` is locked."""
    ci = files[".gitlab-ci.yml"].decode()
    lacks = [name for name in ("libpq-dev", "gcc") if f"install -y {name}" not in ci]
    if b"psycopg2" in files.get("poetry.lock", b"") and lacks:
        log = f"Running\n$ poetry install\nneeds {lacks[0]}\nERROR: Job failed: exit code 1\n"
        return [JobRun("test", status="failed", trace=log.encode(), failure_reason="script_failure")]
    return [JobRun("test", trace=b"$ pytest\nJob succeeded\n", duration_s=75.0)]


class Life:
    """One project, one merge request, and the bot."""

    def __init__(self, gitlab: Sandbox, clock: FakeClock) -> None:
        self.gitlab, self.clock = gitlab, clock
        self.memory, self.queue = FakeMemory(clock), FakeQueue()
        self.inbox: deque[tuple[dict[str, str], bytes]] = deque()
        self.delivered: list[tuple[dict[str, str], bytes]] = []
        self.known: set[str] = set()
        self.waiting: deque = deque()
        self.dana = gitlab.create_user("dana")
        self.remo = gitlab.create_user("remo")
        self.bots = []
        self.bot = self.forge = None
        self.project = gitlab.create_project("shop/orders", members={self.dana: MAINTAINER, self.remo: DEVELOPER})
        gitlab.world.runner = runner
        gitlab.world.later = self.waiting.append
        gitlab.world.emit = self._receive
        self.renew_token()
        gitlab.push(self.project, "main", {".gitlab-ci.yml": CI, "pyproject.toml": PYPROJECT}, "Start", self.dana)
        self.finish()

    def renew_token(self) -> None:
        """A new token is a new bot user."""
        number = len(self.bots)
        self.bot = self.gitlab.create_user(f"project_1_bot_{number:08x}", "Scansion", bot=True)
        self.bots.append(self.bot)
        self.gitlab.create_token(self.bot, f"made-up-token-{number}")
        self.gitlab.add_member(self.project, self.bot, MAINTAINER)
        self.forge = GitLabForge(self.gitlab.url, f"made-up-token-{number}")
        self.clock.time += 1000

    @property
    def services(self) -> Services:
        return Services(self.forge, self.queue, self.memory, self.clock, judge=JUDGE)

    def _receive(self, project, trigger, payload) -> None:
        number = f"{len(self.inbox)}-{self.gitlab.world.next_id()}"
        self.inbox.append(({"X-Gitlab-Event": trigger, "webhook-id": number}, json.dumps(payload).encode()))

    def push(self, files, branch="feature", message="Change", author=None):
        """A person pushes."""
        return self.gitlab.push(self.project, branch, files, message, author or self.dana)

    def open(self, title="Store the orders in PostgreSQL"):
        self.request = self.gitlab.open_merge_request(self.project, self.dana, "feature", title)
        return self.request

    def finish(self) -> None:
        """Let every pipeline end that waits."""
        while self.waiting:
            self.waiting.popleft()()

    async def settle(self, arrange=lambda events: events) -> None:
        """Deliver what waits, arranged somehow, and do the work that follows, until nothing is left."""
        for _ in range(60):
            events, self.inbox = arrange(list(self.inbox)), deque()
            for headers, body in events:
                self.delivered.append((headers, body))
                await self.deliver(headers, body)
            while self.queue.items:
                item, delay_s = self.queue.items.pop(0)
                self.clock.time += delay_s
                await self.work(item)
            if not self.inbox:
                return
        raise AssertionError("the bot and GitLab never come to rest")

    async def deliver(self, headers, body) -> None:
        intake = read_delivery(headers, body)
        if self.known & set(intake.keys):
            return
        self.known |= set(intake.keys)
        for item in intake.items:
            await self.work(item)

    async def work(self, item) -> None:
        self.clock.time += 1
        for _ in range(5):
            outcome = await load("bot.app.work", "WORK", Work)[item.kind].run(item.payload, self.services)
            assert not isinstance(outcome, Dead), outcome
            if not isinstance(outcome, Retry):
                return
        raise AssertionError(f"{item} is retried for ever")

    async def sweep(self, arrange=lambda events: events) -> None:
        """Look at everything that is open, some time later."""
        self.clock.time += 600
        await load("bot.app.work", "WORK", Work)["sweep"].run({}, self.services)
        await self.settle(arrange)

    def writes(self) -> list[tuple[str, str]]:
        """What the bot wrote since the last call."""
        seen, self.gitlab.server.requests[:] = list(self.gitlab.server.requests), []
        return [
            (one.method, one.path)
            for one in seen
            if one.method != "GET" and not one.path.endswith(READS) and one.status < 400
        ]

    # --- what people see -----------------------------------------------------------------------------------

    def state(self) -> dict[str, str]:
        """Everything of the bot's on GitLab, as text, by what it is."""
        found = {}
        for note in self.request.notes:
            if note.author in self.bots and not note.system:
                kind = re.search(r"scansion:(\w+):", note.body)
                text = without_marker(note.body)
                if note.resolved_by is not None:
                    text += "\n(resolved)"
                found[f"{kind.group(1)} {note.id}"] = text
        for request in self.project.merge_requests:
            if request.source_branch.startswith("scansion/"):
                text = f"{request.title} [{request.state}]\n\n{without_marker(request.description)}"
                gone = "" if request.source_branch in self.project.repository.branches else "\n\n(branch deleted)"
                found[f"merge request !{request.iid}"] = text + gone
        return {name: self._stable(text) for name, text in found.items()}

    def _stable(self, text: str) -> str:
        text = text.replace(self.gitlab.url, "https://gitlab.example")
        names: dict[str, str] = {}
        return re.sub(r"\b[0-9a-f]{40}\b", lambda found: names.setdefault(found[0], f"commit{len(names)}"), text)


@asynccontextmanager
async def life():
    clock = FakeClock(START)
    async with Sandbox(clock=clock.now) as gitlab:
        yield Life(gitlab, clock)
        assert not gitlab.server.unknown
