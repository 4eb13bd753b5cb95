"""One merge request from its webhook to the end of all work, while GitLab's answers are spoiled."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from bot.shell.queue_admin import QueueAdmin
from bot.shell.sandbox.demo_projects import open_ledger_request, seed
from bot.shell.sandbox.faults import Fault, FaultPlan
from bot.shell.sandbox.sandbox import Sandbox
from tests.e2e.bot_here import bot_here
from tests.planted import SIGNING_TOKEN


@dataclass(frozen=True)
class End:
    """What stands on GitLab at the end, what the bot asked for it, and the reasons of dead letters."""

    notes: int
    fixups: int
    requests: int
    dead: tuple[str, ...]
    waiting: int

    def is_right(self, *, final: bool) -> bool:
        """One note and one fix-up; where GitLab said no for good, at most one of each, and a reason if dead."""
        if self.waiting or (self.dead and not final) or not all(reason.strip() for reason in self.dead):
            return False
        whole = (self.notes, self.fixups) == (1, 1)
        return whole or (final and self.notes <= 1 and self.fixups <= 1)


@dataclass
class Listening:
    """Spoils answers as a plan says, and knows when the bot asked."""

    plan: FaultPlan
    asked: list[float] = field(default_factory=list)

    def __call__(self, method: str, path: str) -> Fault | None:
        self.asked.append(time.monotonic())
        return self.plan(method, path)


async def life(folder: Path, plan: FaultPlan) -> End:
    """Live it."""
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.world.later = lambda _run: None
        async with bot_here(demo, folder, gitlab_timeout_s=1) as bot:
            gitlab.add_hook(demo.ledger, f"{bot.address}/webhook", signing_token=SIGNING_TOKEN)
            gitlab.server.faults = plan
            request = open_ledger_request(demo)
            await bot.rest()
            admin = QueueAdmin(bot.parts.store)
            ended, counts = await admin.outcomes(limit=100), await admin.counts()
        return End(
            notes=len([note for note in gitlab.notes_of(request, demo.bot) if not note.position]),
            fixups=len([entry for entry in demo.ledger.merge_requests if entry.author is demo.bot]),
            requests=len(gitlab.server.requests),
            dead=tuple(entry.remark for entry in ended if entry.outcome == "dead"),
            waiting=counts["waiting"] + counts["running"],
        )
