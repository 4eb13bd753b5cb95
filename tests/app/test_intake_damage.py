"""Whatever arrives, reading it ends in work, in nothing, or in the one known refusal."""

from __future__ import annotations

import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.intake import NotJsonError, read_delivery
from tests.mutations import damaged_request


@settings(max_examples=500)
@given(st.integers(min_value=0, max_value=2**64))
def test_damaged_delivery_is_understood_or_refused(seed: int) -> None:
    headers, body = damaged_request(Random(seed))
    try:
        intake = read_delivery({name.lower(): value for name, value in headers.items()}, body)
    except NotJsonError:
        return
    assert all(key.isascii() and len(key) < 100 for key in (*intake.keys, intake.id[:99]))
    for item in intake.items:
        stored = json.dumps(dict(item.payload)) + item.lane
        assert "\\u0000" not in stored
        assert "\0" not in stored
        assert len(stored) < 5000


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_understood_or_refused(body: bytes) -> None:
    try:
        assert read_delivery({}, body).items == ()
    except NotJsonError:
        return
