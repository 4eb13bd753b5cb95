"""A case means the same however the log was transported: stamped, with other line ends, coloured, in pieces."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.diagnose import diagnose
from tests.cause_cases import PROJECT, TRACE, cases, snapshot_of

CASES = cases()


def stamped(raw: bytes) -> list[bytes]:
    return [b"2026-01-16T06:00:07.120000Z 01O " + line + b"\n" for line in raw.split(b"\n")[:-1]]


def stamped_and_split(raw: bytes) -> list[bytes]:
    """Lines in two, with a line of the other stream between them; not where twine's lines belong together."""
    prefix = b"2026-01-16T06:00:07.120000Z 01"
    pieces: list[bytes] = []
    for line in raw.split(b"\n")[:-1]:
        half = len(line) // 2
        if b"section_" in line or b"\x1b" in line or line[:5] in (b"", b"ERROR", b"     "):
            pieces.append(prefix + b"O " + line + b"\n")
        else:
            pieces += [
                prefix + b"O " + line[:half] + b"\n",
                prefix + b"E .\n",
                prefix + b"O+" + line[half:] + b"\n",
            ]
    return pieces


def crlf(raw: bytes) -> list[bytes]:
    return [raw.replace(b"\n", b"\r\n")]


def coloured(raw: bytes) -> list[bytes]:
    lines = raw.split(b"\n")
    return [
        b"\n".join(
            line if b"\x1b" in line or line[:2] == b"$ " else b"\x1b[31m" + line + b"\x1b[0m" for line in lines
        )
    ]


def in_pieces(raw: bytes) -> list[bytes]:
    return [raw[start : start + 3] for start in range(0, len(raw), 3)]


VARIANTS: dict[str, Callable[[bytes], list[bytes]]] = {
    "stamped": stamped,
    "stamped-and-split": stamped_and_split,
    "crlf": crlf,
    "coloured": coloured,
    "in-pieces": in_pieces,
}


@pytest.mark.parametrize("variant", sorted(VARIANTS))
@pytest.mark.parametrize("case", CASES, ids=[f"{case.parent.name}/{case.name}" for case in CASES])
def test_transport_does_not_change_the_diagnosis(case: Path, variant: str) -> None:
    raw = (case / TRACE).read_bytes()
    snapshot = snapshot_of(case / PROJECT)
    told = diagnose([raw], snapshot=snapshot)
    again = diagnose(VARIANTS[variant](raw), snapshot=snapshot)
    assert again.verdict is told.verdict
    assert [(item.cause, item.subject, item.install) for item in again.diagnoses] == [
        (item.cause, item.subject, item.install) for item in told.diagnoses
    ]
