"""Reviews of the demo's merge requests by the real client over HTTP: few requests, and right after any fault."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from bot.app.ports import Done, ForgeError, Services
from bot.app.work import learn, review
from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.client import Timeouts
from bot.shell.sandbox.demo_projects import (
    BOT_TOKEN,
    Demo,
    open_ledger_request,
    open_metrum_request,
    seed,
)
from bot.shell.sandbox.faults import Fault, bad_gateway, too_many_requests
from bot.shell.sandbox.sandbox import Sandbox
from bot.shell.sandbox.state import MergeRequest
from tests.fakes import FakeClock, FakeMemory, FakeQueue

QUICK = Timeouts(connect_s=1, read_s=2, total_s=5, wait_s=0, pauses_s=(0.01, 0.02))
FAULTS = {
    "reset": Fault(kind="reset"),
    "reset-after": Fault(kind="reset", after=True),
    "500": Fault(kind="status", status=500),
    "500-after": Fault(kind="status", status=500, after=True),
    "502": bad_gateway(),
    "time-out-after": Fault(kind="hang", seconds=2.2, after=True),
    "429": too_many_requests(),
    "429-for-an-hour": too_many_requests(3600),
    "truncated": Fault(kind="truncated", after=True),
    "wrong-types": Fault(kind="wrong-types", after=True),
    "401": Fault(kind="status", status=401, text='{"error":"invalid_token"}'),
    "403": Fault(kind="status", status=403, text='{"message":"403 Forbidden"}'),
    "404": Fault(kind="status", status=404, text='{"message":"404 Not found"}'),
}


@dataclass
class Trial:
    """A demo with its bot; ``request`` is the merge request under review."""

    demo: Demo
    request: MergeRequest
    services: Services

    async def review(self) -> None:
        payload = {"project_id": self.request.target_project.id, "iid": self.request.iid}
        assert isinstance(await review.run(payload, self.services), Done)

    async def settle(self) -> None:
        """Review until nothing changes any more: each push of a fix-up has a pipeline that is looked at next."""
        before = None
        while self.outcome != before:
            before = self.outcome
            await self.review()

    @property
    def outcome(self):
        """What a person sees on GitLab of the bot's work."""
        project = self.request.target_project
        bot = self.demo.bot
        notes = [
            note.body.splitlines()[0] for note in self.request.notes if note.author is bot and not note.system
        ]
        opened = [
            (request.title, request.target_branch, request.state, self._ci_of(request))
            for request in project.merge_requests
            if request.author is bot
        ]
        return notes, opened, len(project.repository.branches)

    def _ci_of(self, request: MergeRequest) -> bytes:
        return request.source_project.repository.commits[request.sha].tree[".gitlab-ci.yml"]


@contextlib.asynccontextmanager
async def trial(open_request) -> AsyncIterator[Trial]:
    async with Sandbox() as gitlab:
        demo = seed(gitlab)
        request = open_request(demo)
        forge = new_forge(gitlab)
        services = Services(forge, FakeQueue(), FakeMemory(), FakeClock())
        yield Trial(demo, request, services)
        await forge.close()
        assert not gitlab.server.unknown


def new_forge(gitlab: Sandbox) -> GitLabForge:
    return GitLabForge(gitlab.url, BOT_TOKEN, timeouts=QUICK)


def fault_at(number: int, fault: Fault) -> Iterator[Fault | None]:
    for _ in range(number):
        yield None
    yield fault
    while True:
        yield None


def open_with_a_waiting_pipeline(demo: Demo) -> MergeRequest:
    demo.gitlab.slow_pipelines(3600)
    return open_metrum_request(demo)


async def counted(it: Trial) -> int:
    """Review once more; returns how many requests that took."""
    requests = it.demo.gitlab.server.requests
    requests.clear()
    await it.review()
    return len(requests)


@pytest.mark.parametrize("open_request", [open_with_a_waiting_pipeline, open_metrum_request])
async def test_review_of_what_has_not_changed_takes_four_requests_and_writes_nothing(open_request):
    async with trial(open_request) as it:
        await it.review()
        assert await counted(it) <= 4
        requests = it.demo.gitlab.server.requests
        assert {request.method for request in requests if request.path != "/api/graphql"} == {"GET"}


async def test_review_that_writes_a_note_takes_nine_requests():
    async with trial(open_with_a_waiting_pipeline) as it:
        assert await counted(it) <= 9
        assert len(it.outcome[0]) == 1


async def test_first_review_of_a_failed_pipeline_takes_thirteen_requests():
    """Three of them are asked once for many reviews: who the bot is, its project, the target's pipelines."""
    async with trial(open_metrum_request) as it:
        assert await counted(it) <= 13
        assert len(it.outcome[0]) == 1


async def test_a_fixup_takes_twenty_requests_to_open_twelve_to_amend_eight_to_prove_and_five_to_look_at():
    async with trial(open_ledger_request) as it:
        assert await counted(it) <= 20
        assert await counted(it) <= 12
        assert await counted(it) <= 8
        [(title, *_)] = it.outcome[1]
        assert not title.startswith("Draft")
        assert await counted(it) <= 5


@pytest.mark.parametrize(("open_request", "stride"), [(open_metrum_request, 6), (open_ledger_request, 11)])
@pytest.mark.parametrize("name", FAULTS)
async def test_fault_of_one_answer_leaves_no_trace(open_request, stride, name):
    """Each kind of fault hits every so many requests, beginning at another one than the kind before."""
    async with trial(open_request) as calm:
        await calm.review()
        count = len(calm.demo.gitlab.server.requests)
        await calm.settle()
        expected = calm.outcome
    for number in range(list(FAULTS).index(name) % stride, count, stride):
        async with trial(open_request) as it:
            plan = fault_at(number, FAULTS[name])
            it.demo.gitlab.server.faults = lambda _method, _path, plan=plan: next(plan)
            with contextlib.suppress(ForgeError):
                await it.review()
            await it.services.forge.close()
            fresh = new_forge(it.demo.gitlab)
            it.services = Services(fresh, FakeQueue(), FakeMemory(), FakeClock())
            await it.settle()
            await fresh.close()
            assert it.outcome == expected, f"after {name} at request {number}"


async def test_green_pipeline_of_the_project_teaches_what_installing_costs():
    async with trial(open_ledger_request) as it:
        await it.review()
        project = it.request.target_project
        green = next(pipeline for pipeline in project.pipelines if pipeline.status == "success")
        await learn.run({"project_id": project.id, "pipeline_id": green.id}, it.services)
        await it.review()
        note = next(note for note in it.request.notes if note.author is it.demo.bot and not note.system)
        assert re.search(r"installs up to 7 packages .* Installing took \d+ s of \d+ s in the last run", note.body)
