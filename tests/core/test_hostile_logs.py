"""A job's log is anyone's input: whatever it holds, it is read to its end, in bounded time and without a fault."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.diagnose import diagnose
from bot.core.diagnosis import TraceReport, Verdict
from bot.core.trace_reader import read_trace

FRAGMENTS = st.sampled_from(
    [
        b"\x1b[32;1m$ poetry install\x1b[0;m\n",
        b"section_start:1:step_script\r\x1b[0K",
        b"section_end:1:step_script\r\x1b[0K",
        b"2026-01-16T06:00:07.120000Z 01O+",
        b"2026-01-16T06:00:07.120000Z 01E ",
        b"=== FAILURES ===\n",
        b"___ test_x ___\n",
        b"E   ModuleNotFoundError: No module named 'x'\n",
        b"FAILED tests/x.py::test_x\n",
        b"fatal error: x.h: No such file or directory\n",
        b"ERROR: Failed building wheel for x\n",
        b"HTTP Error 400: {name} | b'already been taken'\n",
        b"/bin/sh: 1: {}`: not found\n",
        b"ERROR: Job failed: exit code 1\n",
        b"Job succeeded\n",
        b"\n",
        b"\r",
        b"\x1b]0;",
        b"\xff\xfe",
    ]
)
LOGS = st.lists(st.one_of(FRAGMENTS, st.binary(max_size=40)), max_size=60).map(b"".join)


@settings(max_examples=150, deadline=None)
@given(LOGS)
def test_any_log_gives_a_report(raw):
    assert isinstance(diagnose([raw]), TraceReport)


@settings(max_examples=100, deadline=None)
@given(LOGS, st.lists(st.integers(min_value=1, max_value=50), min_size=1, max_size=20))
def test_chunks_do_not_change_what_is_read(raw, sizes):
    chunks, start = [], 0
    for size in sizes:
        chunks.append(raw[start : start + size])
        start += size
    assert read_trace([*chunks, raw[start:]]) == read_trace([raw])


@settings(max_examples=100, deadline=None)
@given(LOGS)
def test_visible_text_holds_no_control_characters(raw):
    for line in read_trace([raw]).lines:
        assert not any(ord(char) < 32 and char != "\t" for char in line.text)


HOSTILE = {
    "one line without end": b"x" * 3_000_000,
    "nothing but line ends": b"\n" * 2_000_000,
    "a million sections": b"".join(b"section_start:1:s%d\r\x1b[0K" % number for number in range(200_000)),
    "sections never closed": b"section_start:1:a\r\x1b[0K\n" * 100_000,
    "escapes never closed": b"\x1b]0;" * 500_000,
    "digits that a report could end with": b"=== test session starts ===\n" + b"1" * 60_000 + b"\n",
    "the same cause on every line": b"fatal error: x.h: No such file or directory\n" * 50_000,
    "words near which others are sought": b"version solving failed\n" * 50_000,
    "quotes for patterns with captures": b"No such file or directory: '" * 20_000,
    "continuations without end": b"2026-01-16T06:00:07.120000Z 01O+more\n" * 50_000,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_log_is_read_with_few_lines_kept(name):
    trace = read_trace([HOSTILE[name]])
    assert len(trace.lines) < 60_000
    assert sum(len(line.text) for line in trace.lines) < 6_000_000
    assert diagnose([HOSTILE[name]]).verdict in {Verdict.DIAGNOSED, Verdict.UNKNOWN, Verdict.NO_TRACE}


def test_text_that_looks_like_a_template_is_only_text():
    report = diagnose([b"$ x\n/bin/sh: 1: __class__: not found\nRepository {0.__class__} is not defined\n"])
    assert all("__class__" in item.message or "{" not in item.message for item in report.diagnoses)
