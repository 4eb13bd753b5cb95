"""Only GitLab gets in."""

from __future__ import annotations

import pytest

from bot.core.webhook import HookSecrets, Refusal, authenticate, delivery_id, sign

SIGNING = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
BODY = b'{"object_kind":"note","project_id":42}'
SENT_AT = 1780000000
SIGNED = {
    "webhook-id": "11111111-2222-4333-8444-555555555555",
    "webhook-timestamp": str(SENT_AT),
    "webhook-signature": "v1,c8Uoxz76lgWfcvBz65ixkpLyVJUE/YqX88UlI74HoaU=",
}


def judge(headers, *, token="", signing="", now=SENT_AT, body=BODY) -> Refusal | None:
    return authenticate(headers, body, HookSecrets(token, signing), now=now, max_age_s=300)


def test_right_token_is_let_in() -> None:
    assert judge({"x-gitlab-token": "made-up-token"}, token="made-up-token") is None


@pytest.mark.parametrize("given", ["", "made-up-toke", "made-up-token ", "Made-up-token", "\udcff", "é"])
def test_any_other_token_is_refused(given: str) -> None:
    assert judge({"x-gitlab-token": given}, token="made-up-token") is not None


def test_missing_token_is_refused_also_when_none_is_configured() -> None:
    assert judge({}, token="made-up-token") == Refusal("the token is missing")
    assert judge({"x-gitlab-token": ""}) == Refusal("the token is missing")


def test_signature_of_the_standard_is_let_in() -> None:
    assert judge(SIGNED, signing=SIGNING) is None
    assert sign(SIGNING, SIGNED["webhook-id"], SIGNED["webhook-timestamp"], BODY) == SIGNED["webhook-signature"]


def test_one_right_signature_among_several_is_enough() -> None:
    several = f"v1,AAAA v2,other {SIGNED['webhook-signature']}"
    assert judge({**SIGNED, "webhook-signature": several}, signing=SIGNING) is None


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_signature_covers_id_time_and_body(changed: str) -> None:
    other = {**SIGNED, changed: "1780000001" if changed == "webhook-timestamp" else "v1,other"}
    assert judge(other, signing=SIGNING) is not None
    assert judge(SIGNED, signing=SIGNING, body=BODY + b" ") is not None


@pytest.mark.parametrize("shift", [-301, 301])
def test_old_or_future_timestamp_is_refused(shift: int) -> None:
    assert judge(SIGNED, signing=SIGNING, now=SENT_AT + shift) is not None
    assert judge(SIGNED, signing=SIGNING, now=SENT_AT + shift * 299 // 301) is None


@pytest.mark.parametrize("timestamp", ["", "soon", "-1", "9" * 400, "१७८", "1e9"])
def test_strange_timestamp_is_refused(timestamp: str) -> None:
    assert judge({**SIGNED, "webhook-timestamp": timestamp}, signing=SIGNING) is not None


def test_plain_token_does_not_replace_a_required_signature() -> None:
    assert judge({"x-gitlab-token": "made-up-token"}, token="made-up-token", signing=SIGNING) is not None


def test_secrets_do_not_show_in_their_representation() -> None:
    assert "made-up" not in repr(HookSecrets("made-up-token", "whsec_made-up"))


def test_identity_is_the_one_that_gitlab_keeps_over_retries() -> None:
    assert delivery_id({"webhook-id": "a", "idempotency-key": "b"}, BODY) == "a"
    assert delivery_id({"idempotency-key": "b", "x-gitlab-webhook-uuid": "new-each-time"}, BODY) == "b"


def test_identity_without_a_usable_name_is_a_hash_of_what_was_sent() -> None:
    first = delivery_id({"x-gitlab-event": "Note Hook"}, BODY)
    assert first == delivery_id({"x-gitlab-event": "Note Hook", "x-gitlab-webhook-uuid": "1"}, BODY)
    assert first != delivery_id({"x-gitlab-event": "Note Hook"}, BODY + b" ")
    assert len(delivery_id({"webhook-id": "x" * 10_000}, BODY)) < 100
    assert delivery_id({"webhook-id": "\udcff"}, BODY).isascii()
