"""A raw log becomes what a person saw, however it was cut, coloured, stamped or broken."""

from __future__ import annotations

from ahocorasick_rs import BytesAhoCorasick

from bot.core.trace import Outcome
from bot.core.trace_reader import read_trace

ESC = "\x1b"


def texts(raw: str | bytes) -> list[str]:
    data = raw.encode() if isinstance(raw, str) else raw
    return [line.text for line in read_trace([data]).lines]


def test_timestamps_are_taken_off_and_continuations_joined_to_their_own_stream():
    trace = read_trace(
        [
            b"2026-01-16T06:00:07.120000Z 01O one \n",
            b"2026-01-16T06:00:07.130000Z 01E other\n",
            b"2026-01-16T06:00:07.140000Z 01O+line\n",
        ]
    )
    assert [line.text for line in trace.lines] == ["one line", "other"]
    assert [line.number for line in trace.lines] == [1, 2]
    assert round(trace.lines[1].time - trace.lines[0].time, 3) == 0.010


def test_colours_progress_bars_and_control_characters_vanish():
    assert texts(f"{ESC}[31;1mred{ESC}[0;m plain\n 10%\r 50%\r100% done\r\nbell\x07\n") == [
        "red plain",
        "100% done",
        "bell",
    ]


def test_section_marks_name_the_lines_between_them():
    raw = (
        f"section_start:1:step_script\r{ESC}[0K{ESC}[36;1mExecuting{ESC}[0;m\n"
        "inside\n"
        f"section_end:2:step_script\r{ESC}[0Ksection_start:3:after_script\r{ESC}[0KRunning after\n"
        f"section_end:4:after_script\r{ESC}[0K{ESC}[31;1mERROR: Job failed: exit code 3\n"
    )
    trace = read_trace([raw.encode()])
    assert [(line.text, line.section) for line in trace.lines] == [
        ("Executing", "step_script"),
        ("inside", "step_script"),
        ("Running after", "after_script"),
        ("ERROR: Job failed: exit code 3", ""),
    ]
    assert (trace.outcome, trace.exit_code) == (Outcome.FAILED, 3)


def test_section_marks_that_lost_their_carriage_return_are_marks_still():
    raw = (
        "2026-11-24T01:32:58.126766Z 00O section_end:1:step_script\n"
        f"2026-11-24T01:32:58.126766Z 00O+{ESC}[0K{ESC}[31;1mERROR: Job failed: exit code 2\n"
    )
    trace = read_trace([raw.encode()])
    assert [line.text for line in trace.lines] == ["ERROR: Job failed: exit code 2"]
    assert (trace.outcome, trace.exit_code) == (Outcome.FAILED, 2)


def test_colours_that_end_with_a_choice_of_letters_vanish_whole():
    raw = f"{ESC}[1m{ESC}[31mtide.py:1: error:{ESC}(B{ESC}[m wrong wave{ESC}(B{ESC}[m\n"
    assert [line.text for line in read_trace([raw.encode()]).lines] == ["tide.py:1: error: wrong wave"]


def test_section_marks_on_a_line_of_their_own_leave_the_line_numbers_alone():
    trace = read_trace([b"section_start:1:x\n\x1b[0Kfirst\nsection_end:2:x\n\x1b[0Klast\n"])
    assert [(line.number, line.text, line.section) for line in trace.lines] == [(2, "first", "x"), (4, "last", "")]


def test_commands_are_the_runners_coloured_echoes_and_not_output_that_looks_like_one():
    trace = read_trace([f"{ESC}[32;1m$ make{ESC}[0;m\n$ echo fake\n".encode()])
    assert [command.text for command in trace.commands] == ["make"]


def test_commands_of_a_saved_log_without_colours_are_known_by_their_prompt():
    trace = read_trace([b"$ pip install x\nCollecting x\n$ pytest # collapsed multi-line command\n"])
    assert [command.text for command in trace.commands] == ["pip install x", "pytest"]


def test_image_is_the_one_of_the_job_and_not_of_the_helper():
    raw = (
        b"Running with gitlab-runner 18.6.0 (abcdef12)\n"
        b"Using Docker executor with image python:3.11-slim ...\n"
        b"Using docker image sha256:11 for registry.example/gitlab-runner/gitlab-runner-helper:x86 with digest\n"
    )
    trace = read_trace([raw])
    assert trace.image == "python:3.11-slim"
    assert trace.outcome is Outcome.UNFINISHED


def test_log_that_was_cut_at_the_runners_limit_is_unfinished():
    raw = b"$ make\nJob's log exceeded limit of 4194304 bytes.\nJob execution will continue but ...\n"
    assert read_trace([raw]).outcome is Outcome.UNFINISHED


def test_empty_log_and_log_of_blank_lines_are_empty():
    assert read_trace([]).outcome is Outcome.EMPTY
    assert read_trace([b"\n\n \n"]).outcome is Outcome.EMPTY


def test_succeeded_job_is_told_by_its_last_words_only():
    assert read_trace([b"$ x\nJob succeeded\n"]).outcome is Outcome.SUCCEEDED
    assert read_trace([b"$ cat log\nJob succeeded\n" + b"more\n" * 100]).outcome is Outcome.FAILED


def test_invalid_utf8_is_read_with_replacements():
    assert texts(b"caf\xe9 \xff\n") == ["caf\ufffd \ufffd"]


def test_pieces_of_any_size_give_the_same_trace():
    raw = "".join(f"line {number} é{ESC}[0m\n" for number in range(2000)).encode()
    whole = read_trace([raw])
    assert read_trace(raw[index : index + 1] for index in range(len(raw))).lines == whole.lines
    assert read_trace([raw[:7], b"", raw[7:]]).lines == whole.lines
    assert whole.total_lines == 2000


def test_line_of_ten_megabytes_keeps_its_two_ends():
    trace = read_trace([b"start " + b"x" * 10_000_000 + b" end\nnext\n"])
    first, second = trace.lines
    assert first.text.startswith("start x")
    assert first.text.endswith("x end")
    assert len(first.text) < 40_000
    assert (second.number, second.text) == (2, "next")


def test_progress_line_of_ten_megabytes_shows_its_last_state():
    trace = read_trace([b"\r 1 %" * 2_000_000 + b"\rdone\nnext\n"])
    assert [line.text for line in trace.lines] == ["done", "next"]


def test_long_log_keeps_head_tail_and_the_lines_around_wanted_words():
    filler = b"nothing to see here, move along please\n" * 200_000
    raw = b"first\n" + filler + b"before\nthe fatal thing\nafter\n" + filler + b"last\n"
    trace = read_trace([raw], BytesAhoCorasick([b"fatal thing"]))
    found = {line.text: line.number for line in trace.lines}
    assert found["first"] == 1
    assert found["before"] == 200_002
    assert found["the fatal thing"] == 200_003
    assert found["last"] == 400_005
    assert trace.total_lines == 400_005
    assert trace.dropped == trace.total_lines - len(trace.lines) > 300_000
