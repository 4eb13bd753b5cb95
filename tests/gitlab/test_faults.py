"""What the adapter makes of a GitLab that fails: the right error, few requests, no secret, no hot loop."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from bot.app.ports import ForbiddenError, ForgeError, NotFoundError, PermanentForgeError, TransientForgeError
from bot.shell.gitlab import GitLabForge
from bot.shell.gitlab.breaker import FAILURES_TO_OPEN, FIRST_PAUSE_S, Breaker
from bot.shell.gitlab.client import Timeouts
from bot.shell.gitlab.errors import retry_after
from bot.shell.sandbox.faults import Fault, bad_gateway, too_many_requests
from bot.shell.sandbox.server import RateLimit
from bot.shell.sandbox.state import JobRun
from tests.worlds import BOT_TOKEN

QUICK = Timeouts(connect_s=2, read_s=1, total_s=5, wait_s=1.2, pauses_s=(0.02, 0.05))
FOR_EVER = [
    Fault(kind="hang", seconds=1.4),
    Fault(kind="reset"),
    Fault(kind="status", status=500),
    bad_gateway(),
    Fault(kind="status", status=503, headers={"Retry-After": "60"}),
    Fault(kind="truncated"),
    Fault(kind="wrong-types"),
    too_many_requests(),
    too_many_requests(90),
    Fault(kind="status", status=200, text="<html>Sign in</html>", content_type="text/html"),
]


@pytest.fixture
async def forge(world, observations):
    forge = GitLabForge(world.gitlab.url, BOT_TOKEN, timeouts=QUICK, observe=observations.append)
    yield forge
    await forge.close()


def always(world, fault):
    world.gitlab.server.faults = lambda _method, _path: fault


def times(world, fault, count):
    left = [fault] * count
    world.gitlab.server.faults = lambda _method, _path: left.pop() if left else None


@pytest.mark.parametrize("fault", FOR_EVER, ids=lambda fault: f"{fault.kind}-{fault.status}-{len(fault.headers)}")
async def test_fault_that_stays_is_transient_after_few_tries(forge, world, fault):
    always(world, fault)
    with pytest.raises(TransientForgeError) as raised:
        await forge.project(world.project.id)
    assert len(world.gitlab.server.requests) <= 3
    assert "made-up" not in str(raised.value)


@pytest.mark.parametrize(
    "fault", [Fault(kind="reset"), Fault(kind="status", status=500), bad_gateway(), too_many_requests(0)]
)
async def test_read_survives_a_fault_that_passes(forge, world, fault):
    times(world, fault, 1)
    assert (await forge.project(world.project.id)).path == "grp/verse"


@pytest.mark.parametrize("fault", [Fault(kind="reset", after=True), Fault(kind="status", status=502, after=True)])
async def test_write_whose_answer_was_lost_is_not_repeated(forge, world, merge_request, fault):
    always(world, fault)
    with pytest.raises(TransientForgeError):
        await forge.create_note(world.project.id, merge_request.iid, "once")
    assert [note.body for note in world.gitlab.notes_of(merge_request, world.bot)] == ["once"]


async def test_write_that_was_refused_for_its_rate_is_repeated(forge, world, merge_request):
    times(world, too_many_requests(1), 1)
    await forge.create_note(world.project.id, merge_request.iid, "once")
    assert [note.body for note in world.gitlab.notes_of(merge_request, world.bot)] == ["once"]


async def test_long_wait_that_gitlab_asks_for_is_handed_on_and_kept(forge, world):
    always(world, too_many_requests(90))
    for _ in range(3):
        with pytest.raises(TransientForgeError) as raised:
            await forge.project(world.project.id)
        assert 80 < raised.value.retry_after_s <= 90
    assert len(world.gitlab.server.requests) == 1


async def test_wait_until_a_date_is_understood(forge, world):
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    always(world, Fault(kind="status", status=503, headers={"Retry-After": when}))
    with pytest.raises(TransientForgeError) as raised:
        await forge.project(world.project.id)
    assert 80 < raised.value.retry_after_s <= 90


async def test_used_up_rate_limit_stops_requests_before_they_are_refused(forge, world):
    world.gitlab.server.rate_limit = RateLimit(requests=2, period_s=60)
    await forge.project(world.project.id)
    await forge.project(world.project.id)
    with pytest.raises(TransientForgeError, match="rate limit"):
        await forge.project(world.project.id)
    assert [request.status for request in world.gitlab.server.requests] == [200, 200]


async def test_answer_that_drips_is_given_up_in_time(forge, world):
    always(world, Fault(kind="drip", seconds=20))
    started = time.monotonic()
    with pytest.raises(TransientForgeError):
        await forge.project(world.project.id)
    assert time.monotonic() - started < 15


async def test_log_that_breaks_off_is_transient(forge, world):
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("test", trace=b"x" * 500)])
    always(world, Fault(kind="reset"))
    with pytest.raises(TransientForgeError):
        await anext(forge.trace(world.project.id, pipeline.jobs[0].id))


async def test_host_that_keeps_failing_is_left_alone(forge, world):
    always(world, Fault(kind="status", status=500))
    for _ in range(8):
        with pytest.raises(TransientForgeError):
            await forge.project(world.project.id)
    assert len(world.gitlab.server.requests) == FAILURES_TO_OPEN


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (401, '{"message":"401 Unauthorized"}', PermanentForgeError),
        (403, '{"error":"insufficient_scope"}', ForbiddenError),
        (404, '{"message":"404 Project Not Found"}', NotFoundError),
        (422, '{"message":{"base":["cannot"]}}', PermanentForgeError),
        (400, '{"message":["one","two"]}', PermanentForgeError),
        (400, "not json", PermanentForgeError),
        (501, "{}", PermanentForgeError),
    ],
)
async def test_refusal_is_permanent_and_asked_once(forge, world, status, text, kind):
    always(world, Fault(kind="status", status=status, text=text))
    with pytest.raises(kind):
        await forge.project(world.project.id)
    assert len(world.gitlab.server.requests) == 1


async def test_expired_token_is_said_to_be_one(forge, world):
    world.gitlab.world.tokens[1].expires_at = "2001-01-01"
    with pytest.raises(PermanentForgeError, match="token is wrong, revoked or expired"):
        await forge.current_user()


async def test_read_only_token_may_not_write(world, merge_request):
    world.gitlab.create_token(world.bot, "made-up-read-token", scopes=("read_api",))
    forge = GitLabForge(world.gitlab.url, "made-up-read-token")
    with pytest.raises(ForbiddenError, match="privileges"):
        await forge.create_note(world.project.id, merge_request.iid, "hello")
    await forge.close()


async def test_nobody_at_the_address_is_transient_and_names_no_secret(unused_tcp_port):
    forge = GitLabForge(f"http://127.0.0.1:{unused_tcp_port}", BOT_TOKEN, timeouts=Timeouts(total_s=2))
    with pytest.raises(TransientForgeError) as raised:
        await forge.current_user()
    assert BOT_TOKEN not in str(raised.value)
    await forge.close()


async def test_address_that_is_no_url_is_permanent():
    forge = GitLabForge("gitlab", BOT_TOKEN)
    with pytest.raises(ForgeError):
        await forge.current_user()
    await forge.close()


async def test_requests_are_observed_without_ids(forge, world, observations, merge_request):
    await forge.merge_request(world.project.id, merge_request.iid)
    [seen] = observations
    assert (seen.operation, seen.outcome) == ("GET /projects/{}/merge_requests/{}", "ok")


async def test_redirect_to_another_host_does_not_get_the_token(forge, world, aiohttp_server):
    seen = []

    async def elsewhere(request):
        seen.append(dict(request.headers))
        return web.json_response({"id": 1, "username": "thief"})

    app = web.Application()
    app.router.add_get("/{path:.*}", elsewhere)
    other = await aiohttp_server(app, host="localhost")
    place = {"Location": f"http://localhost:{other.port}/api/v4/user"}
    always(world, Fault(kind="status", status=302, headers=place))
    await forge.current_user()
    assert seen
    assert all("PRIVATE-TOKEN" not in {name.upper() for name in headers} for headers in seen)


def test_breaker_lets_one_request_through_after_its_pause():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES_TO_OPEN):
        breaker.check()
        breaker.failed()
    with pytest.raises(TransientForgeError) as raised:
        breaker.check()
    assert raised.value.retry_after_s == FIRST_PAUSE_S
    now[0] += FIRST_PAUSE_S
    breaker.check()
    with pytest.raises(TransientForgeError):
        breaker.check()
    breaker.succeeded()
    breaker.check()


def test_breaker_pauses_longer_while_the_host_stays_down():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    pauses = []
    for _ in range(FAILURES_TO_OPEN + 8):
        breaker.failed()
        pauses.append(breaker.closed_again_at - now[0])
    assert pauses[FAILURES_TO_OPEN - 1 : FAILURES_TO_OPEN + 2] == [15, 30, 60]
    assert pauses[-1] == 300


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7),
        ({"RateLimit-Reset": "1800000060", "Date": "Fri, 15 Jan 2027 08:00:00 GMT"}, 60),
        ({"Retry-After": "Fri, 15 Jan 2027 08:01:30 GMT", "Date": "Fri, 15 Jan 2027 08:00:00 GMT"}, 90),
        ({"RateLimit-Reset": "1800000060"}, 3600),
        ({"Retry-After": "soon"}, None),
    ],
)
def test_how_long_to_wait_is_told_by_gitlab_s_clock_and_bounded(headers, wait):
    """Our own clock is four hours behind here."""
    assert retry_after(headers, now=1_800_000_000 - 4 * 3600) == wait
