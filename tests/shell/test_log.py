"""No secret reaches the log."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.shell.log import configure_log
from bot.shell.redact import MASK, Redactor
from bot.shell.settings import Settings


@pytest.fixture
def log_stream():
    stream = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_log(Settings(gitlab_token="made-up-secret-value", log_format="json"), stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_event_is_one_json_line(log_stream) -> None:
    structlog.get_logger().info("work_done", kind="review", lane="mr:1:2")
    entry = json.loads(log_stream.getvalue())
    assert (entry["event"], entry["kind"], entry["level"]) == ("work_done", "review", "info")
    assert entry["timestamp"].endswith("Z")


def test_known_secret_is_masked_in_fields_exceptions_and_library_logs(log_stream) -> None:
    log = structlog.get_logger()
    log.info("a", nested={"list": ["x made-up-secret-value y"]}, other=b"made-up-secret-value")
    try:
        int("made-up-secret-value")
    except ValueError:
        log.exception("b")
        logging.getLogger("aiohttp.server").exception("c made-up-secret-value %s", "made-up-secret-value")
    written = log_stream.getvalue()
    assert "made-up-secret-value" not in written
    assert written.count(MASK) >= 5
    assert len(written.splitlines()) == 3


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("token glpat-AbCdEfGhIjKlMnOpQrSt end", "end"),
        ("glrt-t1_AbCdEfGhIjKlMnOpQrSt", ""),
        ("glptt-0123456789abcdef0123456789abcdef01234567", ""),
        ("gldt-AbCdEfGhIjKlMnOpQrSt", ""),
        ("glcbt-64_AbCdEfGhIjKlMnOpQrSt", ""),
        ("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""),
        ("Authorization: Bearer abcdef.ghi", "Authorization"),
        ("{'PRIVATE-TOKEN': 'abcdef', 'x': 'kept'}", "kept"),
        ("https://user:pass-word@gitlab.example.com/x", "gitlab.example.com/x"),
        ("GET /api?private_token=abcdef&page=2", "page=2"),
    ],
)
def test_shapes_of_secrets_are_masked(text: str, kept: str) -> None:
    masked = Redactor().text(text)
    assert MASK in masked
    assert kept in masked
    for secret in ("AbCdEf", "abcdef", "pass-word", "AAECAw", "0123456789"):
        assert secret not in masked


@pytest.mark.parametrize("text", ["glance at the global-configuration", "https://gitlab.example.com/a@b", "token"])
def test_ordinary_text_stays(text: str) -> None:
    assert Redactor(["abc"]).text(text) == text


@given(st.text(), st.text())
def test_known_secret_is_gone_wherever_it_stands(before: str, after: str) -> None:
    assert "made-up-secret-value" not in Redactor(["made-up-secret-value"]).text(
        f"{before}made-up-secret-value{after}"
    )
