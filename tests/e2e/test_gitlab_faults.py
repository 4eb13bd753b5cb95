"""GitLab fails while the whole bot works: it ends as if nothing had been wrong, or says why not, and never storms.

Each answer spoiled in each way, without the queue between, is `python -m tests.bench.faults`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from bot.shell.queue_admin import QueueAdmin
from bot.shell.sandbox.demo_projects import open_ledger_request, seed
from bot.shell.sandbox.faults import Fault, FaultPlan, no_faults
from bot.shell.sandbox.sandbox import Sandbox
from tests.bench.faults import FINAL, TRANSIENT
from tests.e2e.bot_here import bot_here
from tests.planted import SIGNING_TOKEN

TIMES = 2
MOST_REQUESTS = 3  # times those of an undisturbed review


@dataclass
class SpoilRoute:
    """Spoils the first answers to one kind of call."""

    fault: Fault
    method: str
    path: str
    times: int = TIMES
    hits: int = field(default=0)

    def __call__(self, method: str, path: str) -> Fault | None:
        if method != self.method or not re.search(self.path, path) or self.hits >= self.times:
            return None
        self.hits += 1
        return self.fault


@dataclass(frozen=True)
class End:
    """What stands on GitLab at the end, what the bot asked for it, and the reasons of dead letters."""

    notes: int
    fixups: int
    requests: int
    dead: tuple[str, ...]


async def _life(folder, plan: FaultPlan) -> End:
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        gitlab.world.later = lambda _run: None
        async with bot_here(demo, folder, gitlab_timeout_s=1) as bot:
            gitlab.add_hook(demo.ledger, f"{bot.address}/webhook", signing_token=SIGNING_TOKEN)
            gitlab.server.faults = plan
            request = open_ledger_request(demo)
            await bot.rest()
            ended = await QueueAdmin(bot.parts.store).outcomes(limit=100)
        return End(
            notes=len([note for note in gitlab.notes_of(request, demo.bot) if not note.position]),
            fixups=len([entry for entry in demo.ledger.merge_requests if entry.author is demo.bot]),
            requests=len(gitlab.server.requests),
            dead=tuple(entry.remark for entry in ended if entry.outcome == "dead"),
        )


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        ("429 with Retry-After", "GET", "/discussions$"),
        ("lost answer", "POST", "/merge_requests$"),
        ("502 as HTML", "POST", "/(notes|discussions)$"),
        ("wrong types", "GET", r"/merge_requests/\d+$"),
    ],
)
async def test_two_spoiled_answers_in_a_row_leave_one_note_and_one_fixup(tmp_path, kind, method, path):
    plan = SpoilRoute(TRANSIENT[kind], method, path)
    clean = await _life(_folder(tmp_path, "clean"), no_faults)
    end = await _life(_folder(tmp_path, "spoiled"), plan)
    assert (clean.notes, clean.fixups, clean.dead) == (1, 1, ())
    assert plan.hits
    assert (end.notes, end.fixups, end.dead) == (1, 1, ())
    assert end.requests <= MOST_REQUESTS * clean.requests


async def test_a_token_that_expired_in_the_middle_is_a_dead_letter_that_says_so(tmp_path):
    plan = SpoilRoute(FINAL["401 from then on"], "POST", "/(notes|discussions)$", times=1000)
    end = await _life(tmp_path, plan)
    assert end.dead
    assert all("401" in reason or "token" in reason for reason in end.dead), end.dead
    assert plan.hits <= 2 * len(end.dead)


def _folder(parent, name):
    folder = parent / name
    folder.mkdir()
    return folder
