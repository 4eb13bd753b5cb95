"""Each answer of GitLab spoiled in turn: `python -m tests.bench.faults [--kinds reset,drip] [--queue] [--step N]`.

For each kind of fault and each request that a review makes, the review of a sample project is run with that one
answer spoiled and tried again as the worker does. It must end as if nothing had been wrong: one note, one fix-up
merge request; or, where GitLab said no for good, as a dead letter with a reason. With `--queue` the whole bot does
it, from the webhook over the store and its retries to the end of all work, in at most three times the requests of
an undisturbed life. `--step` spoils only each N-th request. Exit status 1 otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import structlog

from bot.app.ports import Services, Work, WorkItem
from bot.core.registry import load
from bot.shell.engine import Attempt, GaveUpError, TryAgainError
from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.client import Timeouts
from bot.shell.metrics import Metrics
from bot.shell.sandbox.demo_projects import BOT_TOKEN, open_ledger_request, seed
from bot.shell.sandbox.faults import Fault, FaultPlan, bad_gateway, no_faults, too_many_requests
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.worker import Worker
from tests.e2e.faulty_life import End as LifeEnd
from tests.e2e.faulty_life import life
from tests.fakes import FakeClock, FakeMemory, FakeQueue

QUICK = Timeouts(connect_s=1, read_s=1, total_s=2, wait_s=0.5)
MOST_TRIES = 12
MOST_REQUESTS = 3  # times those of an undisturbed life
LONGEST_PAUSE_S = 1.5

TRANSIENT = {
    "time-out": Fault(kind="hang", seconds=3),
    "reset": Fault(kind="reset"),
    "lost answer": Fault(kind="reset", after=True),
    "429": too_many_requests(),
    "429 with Retry-After": too_many_requests(1),
    "500": Fault(kind="status"),
    "502 as HTML": bad_gateway(),
    "truncated": Fault(kind="truncated", after=True),
    "wrong types": Fault(kind="wrong-types", after=True),
    "drip": Fault(kind="drip", seconds=4, after=True),
}
FINAL = {
    "401 from then on": Fault(kind="status", status=401, text='{"message":"401 Unauthorized"}'),
    "403": Fault(kind="status", status=403, text='{"message":"403 Forbidden"}'),
    "404": Fault(kind="status", status=404, text='{"message":"404 Not found"}'),
}
FAULTS = TRANSIENT | FINAL


@dataclass
class End:
    """How a review ended: what it left on GitLab, and its reason where it is a dead letter."""

    notes: int
    requests: int
    dead: str
    tries: int
    spoiled: bool

    def is_right(self, kind: str) -> bool:
        if self.dead:
            return kind in FINAL and bool(self.dead.strip()) and self.notes <= 1 and self.requests <= 1
        whole = (self.notes, self.requests) == (1, 1)
        return whole or (kind in {"403", "404"} and self.notes <= 1 and self.requests <= 1)


class NoRecord:
    """The part of the store that the worker needs; nothing is kept."""

    async def has_newer(self, _job_id, _item) -> bool:
        return False

    async def record(self, _ended) -> None:
        """Nobody asks."""


@dataclass
class SpoilOne:
    """Spoils the request of a number; a token that expired stays so."""

    kind: str
    at: int
    seen: int = 0
    spoiled: bool = field(default=False)

    def __call__(self, _method: str, _path: str) -> Fault | None:
        self.seen += 1
        hit = self.seen == self.at or (self.kind == "401 from then on" and self.seen > self.at)
        self.spoiled |= hit
        return FAULTS[self.kind] if hit else None


async def review(kind: str, at: int) -> End:
    """Review the sample with one answer spoiled."""
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        request = open_ledger_request(demo)
        plan = SpoilOne(kind, at)
        gitlab.server.faults = plan
        forge = GitLabForge(gitlab.url, BOT_TOKEN, timeouts=QUICK)
        services = Services(forge, FakeQueue(), FakeMemory(), FakeClock(time.time()))
        item = WorkItem(kind="review", lane="l", payload={"project_id": demo.ledger.id, "iid": request.iid})
        dead, tries = await work_off(services, item)
        await forge.close()
        own = [entry for entry in demo.ledger.merge_requests if entry.author is demo.bot]
        notes = [note for note in gitlab.notes_of(request, demo.bot) if not note.position]
        return End(len(notes), len(own), dead, tries, plan.spoiled)


async def work_off(services: Services, item: WorkItem) -> tuple[str, int]:
    """Try as the queue does, with short pauses; the reason of a dead letter, and the number of tries."""
    kinds = load("bot.app.work", "WORK", Work)
    worker = Worker(NoRecord(), kinds, services, Metrics(), time_out_s=60, most_tries=MOST_TRIES)
    for tries in count():
        try:
            await worker.run(Attempt(job_id=1, item=item, tries=tries, added_at=0))
        except TryAgainError as error:
            await asyncio.sleep(min(LONGEST_PAUSE_S, error.after_s or 0.1))
        except GaveUpError as error:
            return str(error), tries + 1
        else:
            return "", tries + 1
    raise AssertionError


async def every_request_through_the_queue(kind: str, step: int) -> tuple[Counter[str], list[str]]:
    """Spoil request after request of a whole life."""
    found: Counter[str] = Counter()
    wrong: list[str] = []
    most = MOST_REQUESTS * (await fresh_life(no_faults)).requests
    for at in count(1, step):
        plan = SpoilOne(kind, at)
        end = await fresh_life(plan)
        if not plan.spoiled:
            found["most requests allowed"] = most
            return found, wrong
        found["dead letter" if end.dead else "whole" if end.fixups else "partly"] += 1
        found["most requests"] = max(found["most requests"], end.requests)
        if not end.is_right(final=kind in FINAL) or end.requests > most:
            wrong.append(f"{kind} at request {at}, through the queue: {end}")
    raise AssertionError


async def fresh_life(plan: FaultPlan) -> LifeEnd:
    """A life with a store of its own."""
    with tempfile.TemporaryDirectory(prefix="scansion-faults-") as folder:
        return await life(Path(folder), plan)


async def every_request(kind: str, step: int) -> tuple[Counter[str], list[str]]:
    """Spoil request after request until a review makes fewer."""
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for at in count(1, step):
        end = await review(kind, at)
        if not end.spoiled:
            return found, wrong
        found["dead letter" if end.dead else "whole" if end.requests else "partly"] += 1
        if not end.is_right(kind):
            wrong.append(f"{kind} at request {at}: {end}")
    raise AssertionError


def main() -> int:
    """Try everything, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", default=",".join(FAULTS))
    parser.add_argument("--queue", action="store_true")
    parser.add_argument("--step", type=int, default=1)
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    failures: list[str] = []
    for kind in options.kinds.split(","):
        trial = every_request_through_the_queue if options.queue else every_request
        found, wrong = asyncio.run(trial(kind, options.step))
        print(f"{kind}: {dict(found)}", flush=True)
        failures += wrong
    print("\n".join(failures) or "nothing went wrong")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
