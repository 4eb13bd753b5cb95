"""Puts a trace together: visible lines, the commands that ran, the image, and how the job ended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ahocorasick_rs import BytesAhoCorasick

from bot.core.trace import Outcome, RanCommand, Trace, TraceLine
from bot.core.trace_reader.blocks import blocks
from bot.core.trace_reader.screen import Screen, seen
from bot.core.trace_reader.stamps import unstamp
from bot.core.trace_reader.window import window

# Words that tell how a log is built; the middle of a long log keeps the lines around them too.
STRUCTURE = ("\n$ ", "[32;1m$ ", "section_start:", "section_end:", "Job failed", "Job succeeded", "Using ")

_IMAGE = re.compile(
    r"Using (?:(?:Docker|Kubernetes) executor with image|docker image \S+ for) (\S+?)(?: \.\.\.| with digest|$)"
)
_FAILED = re.compile(r"^(?:ERROR|WARNING): Job failed(?:: exit (?:code|status) (\d+))?")
_FRAME = "Running with gitlab-runner"
_LIMIT = re.compile(r"^Job's log exceeded limit of \d+ bytes")
_ENDING = 40  # the ending stands among the last lines, after the cleaning up
_BEGINNING = 400


def read_trace(chunks: Iterable[bytes], wanted: BytesAhoCorasick | None = None) -> Trace:
    """Read a raw log; of a long one keep the lines around the wanted words."""
    kept = window(blocks(chunks), wanted)
    screen = seen(unstamp(kept.lines))
    lines = screen.lines
    outcome, code = _ending(lines)
    return Trace(
        lines=lines,
        outcome=outcome,
        exit_code=code,
        image=_image(lines),
        commands=_commands(screen),
        dropped=kept.total - len(kept.lines),
        total_lines=kept.total,
    )


def _ending(lines: Sequence[TraceLine]) -> tuple[Outcome, int | None]:
    if not any(line.text for line in lines):
        return Outcome.EMPTY, None
    for line in reversed(lines[-_ENDING:]):
        failed = _FAILED.match(line.text)
        if failed:
            return Outcome.FAILED, int(failed[1]) if failed[1] else None
        if line.text == "Job succeeded":
            return Outcome.SUCCEEDED, 0
        if _LIMIT.match(line.text):
            return Outcome.UNFINISHED, None
    framed = any(line.text.startswith(_FRAME) for line in lines[:_BEGINNING])
    return (Outcome.UNFINISHED if framed else Outcome.FAILED), None


def _image(lines: Sequence[TraceLine]) -> str | None:
    """The last image named before the script: with a helper image or a retry the runner names several."""
    found = None
    for line in lines[:_BEGINNING]:
        if "Using " not in line.text:
            continue
        match = _IMAGE.search(line.text)
        if match and "gitlab-runner-helper" not in match[1]:
            found = match[1]
    return found


def _commands(screen: Screen) -> tuple[RanCommand, ...]:
    """The runner's echoes; by their colour where it colours them, else by the prompt."""
    return tuple(
        RanCommand(line.text[2:].removesuffix(" # collapsed multi-line command"), index, line.section)
        for index, line in enumerate(screen.lines)
        if line.text.startswith("$ ") and (index in screen.echoes or not screen.echoes)
    )
