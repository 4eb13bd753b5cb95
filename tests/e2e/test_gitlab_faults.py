"""GitLab fails while the whole bot works: it ends as if nothing had been wrong, or says why not, and never storms.

Each answer spoiled in each way is `python -m tests.bench.faults [--queue]`, without or with the queue between.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from bot.shell.sandbox.faults import Fault, bad_gateway, no_faults, too_many_requests
from tests.bench.faults import FINAL, MOST_REQUESTS, TRANSIENT
from tests.e2e.faulty_life import Listening, life

TIMES = 2
ASKED_PAUSE_S = 7
ANSWERS_DOWN = 7


@dataclass
class SpoilRoute:
    """Spoils the first answers to one kind of call."""

    fault: Fault
    method: str = "[A-Z]+"
    path: str = ""
    times: int = TIMES
    hits: int = field(default=0)

    def __call__(self, method: str, path: str) -> Fault | None:
        if not re.fullmatch(self.method, method) or not re.search(self.path, path) or self.hits >= self.times:
            return None
        self.hits += 1
        return self.fault


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
    clean = await life(_folder(tmp_path, "clean"), no_faults)
    end = await life(_folder(tmp_path, "spoiled"), plan)
    assert (clean.notes, clean.fixups, clean.dead) == (1, 1, ())
    assert plan.hits
    assert (end.notes, end.fixups, end.dead) == (1, 1, ())
    assert end.requests <= MOST_REQUESTS * clean.requests


async def test_a_token_that_expired_in_the_middle_is_a_dead_letter_that_says_so(tmp_path):
    plan = SpoilRoute(FINAL["401 from then on"], "POST", "/(notes|discussions)$", times=1000)
    end = await life(tmp_path, plan)
    assert end.dead
    assert all("401" in reason or "token" in reason for reason in end.dead), end.dead
    assert plan.hits <= 2 * len(end.dead)


async def test_gitlab_that_asks_for_quiet_gets_it_from_all_work(tmp_path):
    plan = Listening(SpoilRoute(too_many_requests(ASKED_PAUSE_S), times=1))
    end = await life(tmp_path, plan)
    assert (end.notes, end.fixups, end.dead) == (1, 1, ())
    after = sorted(at - plan.asked[0] for at in plan.asked[1:])
    assert after[len(after) // 2] >= ASKED_PAUSE_S
    assert [
        pause for pause in after if 0.5 < pause < ASKED_PAUSE_S - 0.5
    ] == []  # what was under way may still come


async def test_gitlab_that_is_down_is_asked_seldom_and_all_is_done_when_it_is_back(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.shell.gitlab.breaker.FIRST_PAUSE_S", 1.0)
    monkeypatch.setattr("bot.shell.gitlab.breaker.LONGEST_PAUSE_S", 2.0)
    plan = Listening(SpoilRoute(bad_gateway(), times=ANSWERS_DOWN))
    end = await life(tmp_path, plan)
    assert (end.notes, end.fixups, end.dead) == (1, 1, ())
    down = plan.asked[:ANSWERS_DOWN]
    assert down[-1] - down[0] > 2, "asked again and again without a pause"


def _folder(parent, name):
    folder = parent / name
    folder.mkdir()
    return folder
