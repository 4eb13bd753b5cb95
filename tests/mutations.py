"""Real webhook requests, damaged in every way that a seed leads to."""

from __future__ import annotations

import copy
import gzip
import json
from random import Random
from typing import Any

from tests.payloads import OLD, job, merge_request, note, pipeline

STRANGE: list[Any] = [
    *(None, True, False, 0, -1, 2**31, 2**63, 2**70, 1.5, 1e308, "", " ", "\0", "a\0b", "é", "\u202e", "\ud800"),
    *(
        [],
        {},
        [[]],
        [None],
        {"": ""},
        {"id": {}},
        "x" * 2000,
        "../../etc/passwd",
        "<script>",
        "'; DROP TABLE x; --",
    ),
    *("${jndi:ldap://x}", "{{7*7}}", "%s%n", "9" * 400, ["x"] * 500, "scansion/", "refs/heads/main"),
]
HEADERS = ("webhook-id", "Idempotency-Key", "X-Gitlab-Event", "Content-Type", "webhook-timestamp", "Accept")
HEADER_VALUES = ("", " ", "x" * 3000, "\xff\xfe", "é", "../..", "v1,", "a, b", "application/xml", "0", "-1", "NaN")
ENCODINGS = ("utf-16", "utf-32", "latin-1", "utf-8-sig", "cp037")


def damaged_request(random: Random) -> tuple[dict[str, str], bytes]:
    """Headers (without the token) and a body."""
    body = damaged_body(random)
    headers = {name: random.choice(HEADER_VALUES) for name in HEADERS if random.random() < 0.2}
    return headers, body


def damaged_body(random: Random) -> bytes:
    """Half of them stay JSON, with something in them replaced, removed or added."""
    payload = random.choice([merge_request, pipeline, job, lambda: note("/scansion fix"), _pushed])()
    for _ in range(random.randint(0, 4)):
        _damage(payload, random)
    body = json.dumps(payload).encode("utf-8", "surrogatepass")
    return body if random.random() < 0.5 else _broken(body, random)


def _pushed() -> dict[str, Any]:
    return merge_request(action="update", oldrev=OLD)


def _damage(payload: dict[str, Any], random: Random) -> None:
    place = payload
    while isinstance(place, dict) and place and random.random() < 0.6:
        inside = random.choice(list(place.values()))
        if not isinstance(inside, dict):
            break
        place = inside
    key = random.choice([*place, "object_kind", "unknown"])
    if random.random() < 0.3:
        place.pop(key, None)
    else:
        place[key] = copy.deepcopy(random.choice(STRANGE))


def _broken(body: bytes, random: Random) -> bytes:
    at = random.randrange(len(body) + 1)
    nest = random.choice([b"[", b'{"a":', b"[[", b'{"object_kind":{"a":'])
    return random.choice(
        [
            body[:at],
            body[:at] + random.randbytes(random.randint(1, 40)) + body[at:],
            body.decode("utf-8", "replace").encode(random.choice(ENCODINGS), "replace"),
            nest * random.randint(1, 20_000),
            random.randbytes(random.randint(0, 2000)),
            gzip.compress(body),
            b"payload=" + body,
            body + body,
        ]
    )
