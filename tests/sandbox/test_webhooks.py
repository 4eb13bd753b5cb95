"""The webhooks that the simulated GitLab sends: headers, signature, bodies, what comes of a failing receiver."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

import pytest
from aiohttp import web

from bot.shell.sandbox.state import DEVELOPER, JobRun
from bot.shell.sandbox.webhooks import sign
from tests.worlds import DEV_TOKEN

SIGNING_TOKEN = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@dataclass
class Received:
    """A delivery as it came in."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def event(self):
        return self.headers["X-Gitlab-Event"]


class Receiver:
    """Takes webhooks and answers with a status."""

    def __init__(self):
        self.got: list[Received] = []
        self.status = 202
        self.url = ""

    async def take(self, request):
        self.got.append(Received(dict(request.headers), await request.read()))
        return web.Response(status=self.status)

    def of(self, event):
        return [item for item in self.got if item.event == event]


@pytest.fixture
async def receiver(aiohttp_server):
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/webhook", receiver.take)
    server = await aiohttp_server(app)
    receiver.url = f"http://127.0.0.1:{server.port}/webhook"
    return receiver


@pytest.fixture
def hook(world, receiver):
    return world.gitlab.add_hook(world.project, receiver.url, token="made-up-secret", signing_token=SIGNING_TOKEN)


@pytest.fixture
def merge_request(world):
    return world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")


def test_signature_is_that_of_the_reference():
    body = b'{"object_kind":"note","project_id":42}'
    signature = sign(SIGNING_TOKEN, "11111111-2222-4333-8444-555555555555", "1780000000", body)
    assert signature == "v1,c8Uoxz76lgWfcvBz65ixkpLyVJUE/YqX88UlI74HoaU="


async def test_delivery_carries_token_signature_and_identities(world, receiver, merge_request, hook):
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    [note] = receiver.of("Note Hook")
    headers = note.headers
    key = base64.b64decode(SIGNING_TOKEN.removeprefix("whsec_"))
    message = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + note.raw
    expected = base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == headers["Idempotency-Key"] != headers["X-Gitlab-Webhook-UUID"]
    assert headers["X-Gitlab-Token"] == "made-up-secret"
    assert headers["X-Gitlab-Instance"] == world.gitlab.url


async def test_older_gitlab_sends_no_standard_headers(world, receiver, merge_request, hook):
    world.gitlab.webhooks.signed = False
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    assert not {"webhook-id", "webhook-signature", "webhook-timestamp"} & receiver.got[0].headers.keys()


async def test_resend_has_the_same_key_and_another_webhook_uuid(world, receiver, merge_request, hook):
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    path = f"/projects/:id/hooks/{hook.id}/events"
    _status, [entry] = await world.ask("GET", path, token=DEV_TOKEN)
    status, _body = await world.ask("POST", f"{path}/{entry['id']}/resend", token=DEV_TOKEN)
    await world.gitlab.webhooks.delivered()
    first, second = receiver.got
    assert status == 201
    assert (first.raw, first.headers["Idempotency-Key"]) == (second.raw, second.headers["Idempotency-Key"])
    assert first.headers["X-Gitlab-Webhook-UUID"] != second.headers["X-Gitlab-Webhook-UUID"]
    assert entry["request_headers"]["X-Gitlab-Token"] == "[REDACTED]"


async def test_project_hook_and_group_hook_both_fire_with_keys_of_their_own(world, receiver, merge_request, hook):
    world.gitlab.add_hook("grp", receiver.url)
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    first, second = receiver.got
    assert first.body == second.body
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


async def test_deliveries_can_be_lost_doubled_and_mixed(world, receiver, merge_request, hook):
    world.gitlab.webhooks.arrange = lambda waiting: [*waiting[1:][::-1], waiting[-1]]
    world.gitlab.webhooks.pause()
    for text in ("one", "two", "three"):
        world.gitlab.comment(merge_request, world.dev, text)
    world.gitlab.webhooks.resume()
    await world.gitlab.webhooks.delivered()
    assert [item.body["object_attributes"]["note"] for item in receiver.got] == ["three", "two", "three"]


async def test_failed_delivery_is_not_repeated(world, receiver, merge_request, hook):
    receiver.status = 503
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    assert len(receiver.got) == 1
    assert (hook.failures, hook.log[0]["response_status"]) == (1, "503")


async def test_receiver_that_does_not_answer_in_time_has_failed(world, aiohttp_server):
    async def wait_for_ever(_request):
        await asyncio.sleep(60)

    app = web.Application()
    app.router.add_post("/webhook", wait_for_ever)
    server = await aiohttp_server(app)
    world.gitlab.webhooks.answer_limit_s = 0.2
    hook = world.gitlab.add_hook(world.project, f"http://127.0.0.1:{server.port}/webhook")
    world.gitlab.push(world.project, "quiet", {"a": "b"}, "Quiet [skip ci]", world.dev)
    await world.gitlab.webhooks.delivered()
    assert (hook.failures, hook.log[0]["response_status"]) == (1, "internal error")


async def test_failing_hook_is_paused_longer_and_longer_and_events_are_dropped(
    world, receiver, merge_request, hook
):
    now = world.gitlab.world.now()
    world.gitlab.world.clock = lambda: now
    world.gitlab.webhooks.auto_disable = True
    receiver.status = 500
    pauses = []
    for _ in range(6):
        world.gitlab.comment(merge_request, world.dev, "hello")
        await world.gitlab.webhooks.delivered()
        pauses.append(round((hook.disabled_until or now) - now))
        now = max(now, hook.disabled_until or 0)
    assert pauses == [0, 0, 0, 60, 120, 240]
    hook.disabled_until = now + 60
    world.gitlab.comment(merge_request, world.dev, "dropped")
    await world.gitlab.webhooks.delivered()
    assert len(receiver.got) == 6


async def test_hook_that_failed_forty_times_is_off_for_good(world, receiver, merge_request, hook):
    world.gitlab.webhooks.auto_disable = True
    hook.failures, receiver.status = 39, 500
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    _status, shown = await world.ask("GET", f"/projects/:id/hooks/{hook.id}", token=DEV_TOKEN)
    assert shown["alert_status"] == "disabled"


async def test_redirect_counts_as_success(world, receiver, merge_request, hook):
    receiver.status = 302
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    assert hook.failures == 0


async def test_push_to_an_open_request_updates_it_with_oldrev_and_empty_changes(
    world, receiver, merge_request, hook
):
    old = merge_request.sha
    world.gitlab.push(world.project, "feature", {"new.txt": "x\n"}, "More", world.dev)
    await world.gitlab.webhooks.delivered()
    [update] = receiver.of("Merge Request Hook")
    attributes = update.body["object_attributes"]
    assert (attributes["action"], attributes["oldrev"], update.body["changes"]) == ("update", old, {})
    assert attributes["last_commit"]["id"] == merge_request.sha


async def test_change_of_title_to_draft_is_told_without_oldrev(world, receiver, merge_request, hook):
    world.gitlab.update_merge_request(merge_request, world.dev, {"title": "Draft: Bump"})
    await world.gitlab.webhooks.delivered()
    [update] = receiver.of("Merge Request Hook")
    assert update.body["changes"]["draft"] == {"previous": False, "current": True}
    assert "oldrev" not in update.body["object_attributes"]


async def test_branch_pipeline_names_no_request_and_only_latest_attempts(world, receiver, merge_request, hook):
    runs = [JobRun("test", status="failed"), JobRun("lint")]
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    world.gitlab.retry_job(world.project, pipeline, pipeline.jobs[0])
    await world.gitlab.webhooks.delivered()
    last = receiver.of("Pipeline Hook")[-1].body
    assert (last["merge_request"], last["object_attributes"]["ref"]) == (None, "feature")
    assert {build["name"]: build["failure_reason"] for build in last["builds"]} == {
        "test": "script_failure",
        "lint": None,
    }
    assert last["builds"][-1]["id"] == pipeline.jobs[-1].id


async def test_merge_request_pipeline_names_its_request_and_has_the_branch_as_ref(world, receiver, hook):
    world.project.merge_request_pipelines = True
    request = world.gitlab.open_merge_request(world.project, world.dev, "feature", "Bump")
    await world.gitlab.webhooks.delivered()
    last = receiver.of("Pipeline Hook")[-1].body
    assert (last["merge_request"]["iid"], last["object_attributes"]["ref"]) == (request.iid, "feature")
    _status, [listed] = await world.ask("GET", f"/projects/:id/merge_requests/{request.iid}/pipelines?per_page=1")
    assert listed["ref"] == f"refs/merge-requests/{request.iid}/head"


async def test_allowed_failure_leaves_the_pipeline_green_with_warnings(world, receiver, hook):
    runs = [JobRun("flaky", status="failed", allow_failure=True)]
    world.gitlab.run_pipeline(world.project, "feature", world.dev, runs)
    await world.gitlab.webhooks.delivered()
    attributes = receiver.of("Pipeline Hook")[-1].body["object_attributes"]
    assert (attributes["status"], attributes["detailed_status"]) == ("success", "passed with warnings")


async def test_job_hook_has_the_pipelines_number_as_commit_and_an_unknown_failure_when_green(
    world, receiver, hook
):
    pipeline = world.gitlab.run_pipeline(world.project, "feature", world.dev, [JobRun("lint")])
    await world.gitlab.webhooks.delivered()
    [job] = receiver.of("Job Hook")
    assert (job.body["object_kind"], job.body["commit"]["id"]) == ("build", pipeline.id)
    assert job.body["build_failure_reason"] == "unknown_failure"


async def test_notes_echo_also_those_of_the_bot_and_edits_are_updates(world, receiver, merge_request, hook):
    note = world.gitlab.comment(merge_request, world.bot, "hello")
    world.gitlab.edit_comment(merge_request, note, "changed")
    await world.gitlab.webhooks.delivered()
    seen = [item.body["object_attributes"] for item in receiver.of("Note Hook")]
    assert [(item["action"], item["note"]) for item in seen] == [("create", "hello"), ("update", "changed")]
    assert {item["author_id"] for item in seen} == {world.bot.id}


async def test_system_notes_and_notes_of_commands_alone_are_silent(world, receiver, merge_request, hook):
    world.gitlab.comment(merge_request, world.dev, "/label ~x")
    world.gitlab.push(world.project, "feature", {"new.txt": "x\n"}, "More", world.dev)
    await world.gitlab.webhooks.delivered()
    assert receiver.of("Note Hook") == []


async def test_hook_gets_only_what_it_asked_for(world, receiver, merge_request):
    world.gitlab.add_hook(world.project, receiver.url, events=frozenset({"note_events"}))
    world.gitlab.push(world.project, "feature", {"new.txt": "x\n"}, "More", world.dev)
    world.gitlab.comment(merge_request, world.dev, "hello")
    await world.gitlab.webhooks.delivered()
    assert [item.event for item in receiver.got] == ["Note Hook"]


async def test_hook_is_made_shown_without_secrets_changed_and_removed(world, receiver):
    new = {"url": receiver.url, "token": "made-up", "signing_token": SIGNING_TOKEN, "note_events": True}
    status, shown = await world.ask("POST", "/projects/:id/hooks", token=DEV_TOKEN, json=new)
    path = f"/projects/:id/hooks/{shown['id']}"
    assert status == 201
    assert (shown["token_present"], shown["signing_token_present"], "token" in shown) == (True, True, False)
    _status, changed = await world.ask("PUT", path, token=DEV_TOKEN, json={"note_events": False})
    assert changed["note_events"] is False
    assert (await world.ask("DELETE", path, token=DEV_TOKEN))[0] == 204
    assert (await world.ask("DELETE", path, token=DEV_TOKEN))[0] == 404


@pytest.mark.parametrize("url", ["ftp://x", "nonsense"])
async def test_hook_with_a_bad_address_is_unprocessable(world, url):
    status, body = await world.ask("POST", "/projects/:id/hooks", token=DEV_TOKEN, json={"url": url})
    assert (status, body) == (422, {"error": "Invalid url given"})


async def test_hooks_are_the_maintainers_business(world):
    world.gitlab.add_member(world.project, world.bot, DEVELOPER)
    assert (await world.ask("GET", "/projects/:id/hooks"))[0] == 403


async def test_test_button_sends_the_newest_real_object(world, receiver, merge_request, hook):
    path = f"/projects/:id/hooks/{hook.id}/test"
    assert (await world.ask("POST", f"{path}/merge_requests_events", token=DEV_TOKEN))[0] == 201
    assert (await world.ask("POST", f"{path}/wrong", token=DEV_TOKEN))[0] == 400
    assert (await world.ask("POST", f"{path}/note_events", token=DEV_TOKEN))[0] == 422
    await world.gitlab.webhooks.delivered()
    assert [item.body["object_attributes"]["iid"] for item in receiver.got] == [merge_request.iid]
