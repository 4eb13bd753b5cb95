"""Pieces of script lines and other texts: replaced or extended where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.ci.model import Job, ScriptLine
from bot.core.edits.render import render_scalar
from bot.core.edits.script_lists import SECTIONS, job_lines
from bot.core.edits.style import style_near
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.verify import Expectation, Plan, first_proof, in_order, setting
from bot.core.finding import Location
from bot.core.fix import Edit
from bot.core.shell_script.model import Command
from bot.core.span import Span
from bot.core.yamltree import Document, Scalar, walk


def replace_fragment(target: Target, location: Location, text: str) -> tuple[Edit, ...]:
    """Replace a piece of a script line, by the place of a word or of a command as the shell's reader gives it.

    The text is shell, with the quotes that the shell needs. Jobs that share the line must all be meant.
    """
    return first_proof(target, _replacements(target, location, text))


def extend_command(target: Target, command: Command, words: Iterable[str]) -> tuple[Edit, ...]:
    """Add words behind the last word of a command: `extend_command(t, install.command, ["gcc"])`."""
    last = command.words[-1].location
    if last is None:
        raise EditRefused(f"the end of `{command.name}` cannot be found in the file")
    text = "".join(f" {word}" for word in words)
    return replace_fragment(target, Location(last.path, Span(last.span.end, last.span.end)), text)


def remove_word(target: Target, location: Location) -> tuple[Edit, ...]:
    """Take a word out of a command, with the blank before it."""
    before = location.span.start - 1
    if target.snapshot.files[location.path].text[before] != " ":
        raise EditRefused("the word stands on a line of its own")
    return replace_fragment(target, Location(location.path, Span(before, location.span.end)), "")


def _replacements(target: Target, location: Location, text: str) -> Iterator[Plan]:
    document = target.document(location.path)
    scalar = _scalar_around(document, location.span)
    expected = {job.name: _rewritten(job, location, text) for job in target.jobs}
    escaped = _escaped(scalar, text)
    yield Plan((Edit(location.path, location.span, escaped),), expected)
    if not scalar.style and "\n" not in scalar.value:
        before, after = location.span.start - scalar.start, location.span.end - scalar.start
        whole = scalar.value[:before] + text + scalar.value[after:]
        quoted = render_scalar(whole, quote=style_near(document).quote)
        yield Plan((Edit(location.path, scalar.span, quoted),), expected)


def _scalar_around(document: Document, span: Span) -> Scalar:
    for node in walk(document.roots[-1]):
        if (
            isinstance(node, Scalar)
            and node.start <= span.start
            and span.end <= node.end
            and node.start < node.end
        ):
            return node
    raise EditRefused("the place is not inside a text of the file")


def _escaped(scalar: Scalar, text: str) -> str:
    if scalar.style == "'":
        return text.replace("'", "''")
    if scalar.style == '"':
        return text.replace("\\", "\\\\").replace('"', '\\"')
    return text


def _rewritten(job: Job, location: Location, text: str) -> Expectation:
    steps: list[Expectation] = []
    for section in SECTIONS:
        lines = job_lines(job, section)
        new = [_line_rewritten(line, location, text).rstrip("\n") for line in lines]
        if new != [line.text.rstrip("\n") for line in lines]:
            steps.append(setting((section,), new))
    return in_order(*steps)


def _line_rewritten(line: ScriptLine, location: Location, text: str) -> str:
    place, span = line.location, location.span
    if place.path != location.path or not place.span.covers(span) or not line.offsets:
        return line.text
    at = {offset: index for index, offset in enumerate(line.offsets) if offset >= 0}
    if span.start == span.end:
        before = at.get(span.start - 1)
        return line.text if before is None else line.text[: before + 1] + text + line.text[before + 1 :]
    first, last = at.get(span.start), at.get(span.end - 1)
    if first is None or last is None:
        return line.text
    return line.text[:first] + text + line.text[last + 1 :]
