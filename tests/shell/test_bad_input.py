"""No request makes the receiver fail: damaged deliveries, and what its description allows (short form).

The long form, with 100,000 requests, is `python -m tests.bench.bad_input`.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
from random import Random

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.bench.bad_input import DESCRIPTION, EXPECTED, TOKEN, described_cases, receiver, send
from tests.mutations import damaged_request


@pytest.fixture(scope="module")
def port():
    with receiver() as running:
        yield running.port


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(min_value=0, max_value=2**64))
def test_damaged_delivery_gets_one_of_the_known_answers(port: int, seed: int) -> None:
    headers, body = damaged_request(Random(seed))
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        assert send(connection, headers, body) in EXPECTED


def test_whatever_the_description_allows_is_answered_as_described(port: int) -> None:
    schema = schemathesis.openapi.from_path(DESCRIPTION)
    assert described_cases(schema, f"http://127.0.0.1:{port}", examples=40) > 40


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"POST /" + b"w" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"POST /webhook HTTP/1.1\r\nHost: x\r\n" + b"".join(b"a%d: b\r\n" % n for n in range(5000)) + b"\r\n",
    ],
)
def test_broken_http_is_refused(port: int, request_bytes: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = connection.recv(4096)
    assert not answer or answer.split(b" ")[1][:1] == b"4"
    assert TOKEN.encode() not in answer
