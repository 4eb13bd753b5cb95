"""Lines of scripts: added at a place, at the start or at the end, and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.core.ci.model import Job, ScriptLine
from bot.core.edits.keywords import add_keyword, keyword_plans
from bot.core.edits.render import Plain, Raw
from bot.core.edits.script_lists import (
    SECTIONS,
    add_to_section,
    first_line_of,
    insert_in_front,
    item_with,
    job_lines,
    section_node,
)
from bot.core.edits.splice import add_item, remove_item
from bot.core.edits.target import Target, parents
from bot.core.edits.text import EditRefused
from bot.core.edits.verify import Expectation, Plan, first_proof, in_order, joined, lines_of, proved, setting
from bot.core.fix import Edit
from bot.core.yamltree import Sequence

MAX_COPIED = 40
BEFORE, AFTER = "before_script", "after_script"


def insert_line(target: Target, line: str, before: ScriptLine) -> tuple[Edit, ...]:
    """Add a line in front of another one, which every job that is meant runs.

    Where that line stands in a template that other jobs use too, the new one goes in front of the template's use
    or to the start of the jobs' own `before_script`, and so runs earlier still.
    """
    return first_proof(target, _insertions(target, line, before))


def prepend_line(target: Target, line: str) -> tuple[Edit, ...]:
    """Add a line that runs before everything else in the jobs: at the start of `before_script`."""
    return first_proof(target, _additions(target, BEFORE, line, at_end=False))


def append_line(target: Target, section: str, line: str) -> tuple[Edit, ...]:
    """Add a line at the end of `before_script`, `script` or `after_script`, which is made where it is missing."""
    return first_proof(target, _additions(target, section, line, at_end=True))


def remove_line(target: Target, line: ScriptLine) -> tuple[Edit, ...]:
    """Remove a line from the jobs."""
    document = target.document(line.location.path)
    node = target.node(line.location)
    around = parents(document, node)
    if not around or not isinstance(around[0], Sequence):
        raise EditRefused("the script is one text and not a list of lines")
    edit = remove_item(document, around[0], around[0].items.index(node))
    expected = {job.name: _changed(job, line, lambda _: []) for job in target.jobs}
    return proved(target, Plan((edit,), expected))


def _changed(job: Job, line: ScriptLine, change: Callable[[str], list[str]]) -> Expectation:
    """Expect that each use of a line in a job becomes other lines."""
    steps: list[Expectation] = []
    for section in SECTIONS:
        lines = job_lines(job, section)
        if any(other.location == line.location for other in lines):
            new = [
                text
                for other in lines
                for text in (
                    change(other.text.rstrip("\n")) if other.location == line.location else [_shown(other)]
                )
            ]
            steps.append(setting((section,), new))
    return in_order(*steps)


def _shown(line: ScriptLine) -> str:
    return line.text.rstrip("\n")


def _insertions(target: Target, line: str, before: ScriptLine) -> Iterator[Plan]:
    document = target.document(before.location.path)
    node = target.node(before.location)
    edit = _unless_refused(lambda: insert_in_front(document, node, line))
    if edit is not None:
        is_block = edit.span.start > node.start and edit.span.end <= node.end
        change = (lambda text: [f"{line}\n{text}"]) if is_block else (lambda text: [line, text])
        yield Plan((edit,), {job.name: _changed(job, before, change) for job in target.jobs})
    in_use = [_before_use(target, job, line, before) for job in target.jobs]
    found = [plan for plan in in_use if plan is not None]
    if len(found) == len(in_use):
        yield joined(found)
    if before.section != AFTER:
        yield from _additions(target, BEFORE, line, at_end=False)


def _unless_refused(make: Callable[[], Edit]) -> Edit | None:
    try:
        return make()
    except EditRefused:
        return None


def _before_use(target: Target, job: Job, line: str, before: ScriptLine) -> Plan | None:
    """Add the line to the job's own list, in front of the alias that brings the other line."""
    written = section_node(target, job, before.section)
    if written is None or written[0].path != before.location.path:
        return None
    document, sequence = written
    if not isinstance(sequence, Sequence):
        return None
    index = item_with(sequence, before)
    lines = job_lines(job, before.section)
    first = first_line_of(sequence, index, lines) if index is not None else None
    if index is None or first is None:
        return None
    edit = _unless_refused(lambda: add_item(document, sequence, line, index))
    new = [_shown(other) for other in lines]
    new.insert(first, line)
    return Plan((edit,), {job.name: setting((before.section,), new)}) if edit is not None else None


@dataclass(frozen=True)
class _Addition:
    section: str
    line: str
    at_end: bool

    def to(self, lines: list[str]) -> list[str]:
        return [*lines, self.line] if self.at_end else [self.line, *lines]

    def expected(self, job: Job, *, in_block: bool = False) -> Expectation:
        lines = lines_of(job, self.section)
        new = ["\n".join(self.to(lines))] if in_block else self.to(lines)
        return setting((self.section,), new)


def _additions(target: Target, section: str, line: str, *, at_end: bool) -> Iterator[Plan]:
    addition = _Addition(section, line, at_end)
    having = [job for job in target.jobs if job_lines(job, section)]
    if not having:
        yield from keyword_plans(target, {section: [line]})
        return
    if len(having) == len(target.jobs):
        yield from _in_place(target, addition)
    yield from _one_by_one(target, addition)


def _in_place(target: Target, addition: _Addition) -> Iterator[Plan]:
    """Add to the sections where they are written; jobs that share one get one edit."""
    plans = [_where_written(target, job, addition) for job in target.jobs]
    found = [plan for plan in plans if plan is not None]
    if len(found) == len(plans):
        yield joined(found)


def _where_written(target: Target, job: Job, addition: _Addition) -> Plan | None:
    written = section_node(target, job, addition.section)
    if written is None:
        return None
    document, node = written
    edit = _unless_refused(lambda: add_to_section(document, node, addition.line, at_end=addition.at_end))
    if edit is None:
        return None
    in_block = getattr(node, "style", "") == "|"
    return Plan((edit,), {job.name: addition.expected(job, in_block=in_block)})


def _one_by_one(target: Target, addition: _Addition) -> Iterator[Plan]:
    """Give each job a section of its own, which refers to the one that it had; then the same with copies."""
    for copies in (False, True):
        plans = [_own_section(target, job, addition, copies=copies) for job in target.jobs]
        found = [plan for plan in plans if plan is not None]
        if len(found) == len(plans):
            yield joined(found)


def _own_section(target: Target, job: Job, addition: _Addition, *, copies: bool) -> Plan | None:
    if addition.section in job.own_keywords:
        return _where_written(target, job, addition)
    lines = lines_of(job, addition.section)
    kept: list[Plain] = [*lines] if copies else [*_reference(job, addition.section)]
    if (lines and not kept) or len(kept) > MAX_COPIED:
        return None
    own = job.parts[0]
    document = target.document(own.path)
    value = [*kept, addition.line] if addition.at_end else [addition.line, *kept]
    edit = _unless_refused(lambda: add_keyword(document, own.mapping, addition.section, value))
    return Plan((edit,), {job.name: addition.expected(job)}) if edit is not None else None


def _reference(job: Job, section: str) -> list[Raw]:
    """Return `!reference [NAME, SECTION]` for the template that gives a job its section now."""
    giver = next((part for part in job.parts if part.mapping.entry(section) is not None), None)
    if giver is None or not giver.name:
        return []
    return [Raw(f"!reference [{giver.name}, {section}]")]
