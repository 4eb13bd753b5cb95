"""Which webhooks lead to which work."""

from __future__ import annotations

import pytest

from bot.app.intake import NotJsonError, read_delivery
from tests.payloads import OLD, SHA, encode, job, merge_request, note, pipeline


def items(payload):
    return read_delivery({}, encode(payload)).items


def kinds(payload):
    return [item.kind for item in items(payload)]


@pytest.mark.parametrize(
    "payload",
    [
        merge_request(action="open"),
        merge_request(action="reopen"),
        merge_request(action="update", oldrev=OLD),
        merge_request(action="update", changes={"target_branch": {"previous": "a", "current": "b"}}),
        merge_request(action="update", changes={"draft": {"previous": True, "current": False}}),
        merge_request(action="update", changes={"labels": {"previous": [], "current": [{"title": "x"}]}}),
        *[merge_request(action=name) for name in ("close", "merge", "reopen")],
    ],
)
def test_change_that_matters_to_the_bot_is_looked_at(payload) -> None:
    (item,) = items(payload)
    assert (item.kind, item.lane, item.coalesce) == ("review", "mr:42:16", "review")
    assert item.payload == {"project_id": 42, "iid": 16}


@pytest.mark.parametrize(
    "payload",
    [
        merge_request(action="update", changes={"title": {"previous": "a", "current": "b"}}),
        merge_request(action="update", changes={"reviewers": [[{"id": 1}], [{"id": 2}]]}),
        merge_request(action="update"),
        *[merge_request(action=name) for name in ("approval", "approved", "unapproved", "")],
        merge_request(action="open", last_commit=None) | {"object_kind": "work_item"},
    ],
)
def test_change_that_no_review_looks_at_is_left_alone(payload) -> None:
    assert items(payload) == ()


def test_merge_request_without_commit_or_changes_is_understood() -> None:
    payload = merge_request(last_commit=None)
    del payload["changes"]
    assert kinds(payload) == ["review"]


def test_failed_pipeline_is_diagnosed_on_the_lane_of_its_merge_request() -> None:
    (item,) = items(pipeline())
    assert (item.kind, item.lane, item.coalesce) == ("diagnose", "mr:42:16", "diagnose:31")
    assert item.payload == {"project_id": 42, "pipeline_id": 31, "ref": "feature/x", "sha": SHA, "iid": 16}


def test_failed_branch_pipeline_is_diagnosed_on_the_lane_of_its_ref() -> None:
    (item,) = items(pipeline(iid=None))
    assert (item.lane, item.payload["iid"]) == ("ref:42:feature/x", None)


def test_merge_request_of_another_project_gives_no_iid_here() -> None:
    payload = pipeline()
    payload["merge_request"]["target_project_id"] = 99
    assert items(payload)[0].payload["iid"] is None


@pytest.mark.parametrize("status", ["created", "pending", "running", "brand-new-status"])
def test_pipeline_that_has_not_ended_is_left_alone(status: str) -> None:
    assert kinds(pipeline(status=status)) == []


@pytest.mark.parametrize("status", ["failed", "canceled", "skipped", "manual"])
def test_pipeline_that_ended_is_looked_at_for_it_may_take_back_what_was_said(status: str) -> None:
    assert kinds(pipeline(status=status)) == ["diagnose"]


def test_green_pipeline_is_looked_at_and_may_teach_something_apart_from_that() -> None:
    look, learn = items(pipeline(status="success"))
    assert (look.kind, learn.kind) == ("diagnose", "learn")
    assert (learn.lane, learn.payload) == ("learn:42", {"project_id": 42, "pipeline_id": 31})


@pytest.mark.parametrize(("status", "expected"), [("success", ["watch"]), ("failed", ["watch"]), ("running", [])])
def test_finished_pipeline_of_an_own_branch_is_watched(status: str, expected: list[str]) -> None:
    assert kinds(pipeline(status=status, ref="scansion/fix-0123", iid=None)) == expected


def test_failed_job_is_diagnosed_before_its_pipeline_ends() -> None:
    (item,) = items(job())
    assert (item.kind, item.lane, item.payload["pipeline_id"]) == ("diagnose", "ref:42:feature/x", 31)


@pytest.mark.parametrize(
    "payload", [job(status="success"), job(build_allow_failure=True), job(ref="scansion/fix-0123")]
)
def test_job_that_does_not_count_is_left_alone(payload) -> None:
    assert kinds(payload) == []


@pytest.mark.parametrize("text", ["/scansion fix", "Hm:\n  /scansion help", "@scansion-bot check", "/scansion"])
def test_comment_that_addresses_the_bot_is_looked_at(text: str) -> None:
    (item,) = items(note(text))
    assert (item.kind, item.lane, item.coalesce) == ("command", "mr:42:16", "")
    assert item.payload == {
        "project_id": 42,
        "iid": 16,
        "note_id": 1244,
        "author_id": 7,
        "discussion_id": "6a9c1750b37d513a43987b574953fceb50b03ce7",
    }


@pytest.mark.parametrize(
    "payload",
    [
        note("Thanks, see /scansion help"),
        note("> /scansion fix"),
        note("/scansion fix", action="update"),
        note("/scansion fix", system=True),
        note("/scansion fix", request=False),
    ],
)
def test_other_comment_is_left_alone(payload) -> None:
    assert items(payload) == ()


def test_project_hook_and_group_hook_for_one_happening_share_a_key() -> None:
    for payload in (merge_request(), pipeline(), job(), note("/scansion fix")):
        first = read_delivery({"webhook-id": "project-hook"}, encode(payload))
        second = read_delivery({"webhook-id": "group-hook"}, encode(payload))
        assert first.id != second.id
        assert len(set(first.keys) & set(second.keys)) == 1


def test_another_happening_shares_no_key() -> None:
    pairs = [
        (merge_request(), merge_request(action="update", oldrev=OLD)),
        (merge_request(), merge_request(iid=17)),
        (pipeline(status="failed"), pipeline(status="running")),
        (pipeline(), pipeline() | {"builds": [{"id": 381, "status": "failed"}]}),
        (job(), job(build_id=381)),
        (note("/scansion fix"), note("/scansion fix", id=1245)),
    ]
    for one, other in pairs:
        first, second = read_delivery({}, encode(one)), read_delivery({}, encode(other))
        assert not set(first.keys) & set(second.keys)


@pytest.mark.parametrize("body", [b"", b"{", b"a=b", b"\xff\xfe", b'{"object_kind": 5, oops', b"[" * 100_000])
def test_what_is_not_json_is_said_so(body: bytes) -> None:
    with pytest.raises(NotJsonError):
        read_delivery({}, body)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"object_kind": 5}',
        b'{"object_kind": "merge_request"}',
        b'{"object_kind": "brand_new"}',
        b'{"event_name": "project_create"}',
        encode(merge_request(iid=-1)),
        encode(merge_request(iid=2**70)),
        encode(pipeline(ref="a\0b")),
        encode(pipeline(ref="a" * 2000)),
    ],
)
def test_strange_but_valid_json_leads_to_nothing(body: bytes) -> None:
    intake = read_delivery({}, body)
    assert intake.items == ()
    assert intake.keys
