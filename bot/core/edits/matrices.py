"""Copies of a job that differ in one value, such as the Python version, made one job with `parallel:matrix`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.core.ci.model import Job
from bot.core.ci.reader import read_pipeline
from bot.core.edits.includes import files_alone, without_merged
from bot.core.edits.keywords import add_keyword
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.edits.top_level import block_start
from bot.core.edits.verify import effective
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document, Entry

_EXPANDED = frozenset(
    {"image", "services", "variables", "before_script", "script", "after_script", "cache", "tags"}
)
_WORD = r"[A-Za-z0-9._]"


@dataclass(frozen=True)
class Matrix:
    """The job that is to be: its name, and the variable that takes the place of what differs."""

    name: str
    variable: str


def into_matrix(target: Target, matrix: Matrix) -> tuple[Edit, ...]:
    """Make one job of copies that differ in one value; raises EditRefused where they differ in more."""
    jobs = sorted(target.jobs, key=lambda job: job.key.span)
    _refuse_named_jobs(target, matrix)
    document = target.document(jobs[0].key.path)
    rows = _rows(document, jobs)
    values = _values(document, rows)
    first = jobs[0].parts[0].mapping
    edits = [Edit(document.path, jobs[0].key.span, matrix.name)]
    for row in rows:
        edits += _with_variable(document, row[0], values[0], matrix.variable)
    edits.append(add_keyword(document, first, "parallel", {"matrix": [{matrix.variable: list(values)}]}))
    edits += [_without_job(document, job) for job in jobs[1:]]
    _prove(target, tuple(edits), matrix, dict(zip((job.name for job in jobs), values, strict=True)))
    return tuple(edits)


def _refuse_named_jobs(target: Target, matrix: Matrix) -> None:
    taken = {job.name for job in target.pipeline.jobs} | target.pipeline.hidden
    if matrix.name in taken - target.names or len(target.jobs) < 2:  # noqa: PLR2004 - one job has no copies
        raise EditRefused(f"`{matrix.name}` cannot be the name of the job")
    for job in target.pipeline.jobs:
        words = json.dumps([job.data.get(keyword) for keyword in ("needs", "dependencies")])
        for name in target.names:
            if json.dumps(name) in words or name in job.extends:
                raise EditRefused(f"the job `{job.name}` names `{name}`")


def _rows(document: Document, jobs: Sequence[Job]) -> list[tuple[Entry, ...]]:
    """Return the entries that are not alike in all jobs: for each keyword one entry a job."""
    mappings = [job.parts[0].mapping for job in jobs]
    names = [[entry.name for entry in mapping.entries] for mapping in mappings]
    if any(sorted(other) != sorted(names[0]) for other in names) or any(job.matrix for job in jobs):
        raise EditRefused("the jobs do not have the same keywords")
    if any(mapping.flow for mapping in mappings) or any(job.key.path != document.path for job in jobs):
        raise EditRefused("the jobs are written in an unusual way")
    rows = [
        tuple(m.entries[known.index(name)] for m, known in zip(mappings, names, strict=True)) for name in names[0]
    ]
    found = [row for row in rows if len({_text(document, entry) for entry in row}) > 1]
    unfit = [row[0].name for row in found if row[0].name not in _EXPANDED]
    if unfit or not found:
        raise EditRefused(f"the jobs differ in `{unfit[0]}`" if unfit else "the jobs do not differ at all")
    return found


def _text(document: Document, entry: Entry) -> str:
    return entry.span.of(document.text)


def _values(document: Document, rows: list[tuple[Entry, ...]]) -> tuple[str, ...]:
    """Return the one word in which the jobs differ, and prove that nothing else differs."""
    values = _different_words([_text(document, entry) for entry in rows[0]])
    for row in rows:
        texts = {_uses(value).sub("$", _text(document, entry)) for entry, value in zip(row, values, strict=True)}
        if len(texts) > 1:
            raise EditRefused(f"the jobs differ in more than one word of `{row[0].name}`")
    if len(set(values)) < len(values):
        raise EditRefused("two of the jobs are the same")
    return values


def _uses(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!{_WORD}){re.escape(value)}(?!{_WORD})")


def _different_words(texts: list[str]) -> tuple[str, ...]:
    start = len(_common(texts))
    end = len(_common([text[start:][::-1] for text in texts]))
    words: list[str] = []
    for text in texts:
        before = re.search(rf"{_WORD}*\Z", text[:start])
        behind = re.match(rf"{_WORD}*", text[len(text) - end :])
        middle = text[start : len(text) - end]
        words.append((before[0] if before else "") + middle + (behind[0] if behind else ""))
    if not all(re.fullmatch(rf"{_WORD}+", word) for word in words):
        raise EditRefused("the jobs differ in more than one word")
    return tuple(words)


def _common(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    at = next(
        (index for index, (a, b) in enumerate(zip(first, last, strict=False)) if a != b),
        min(len(first), len(last)),
    )
    return first[:at]


def _with_variable(document: Document, entry: Entry, value: str, variable: str) -> Iterator[Edit]:
    for found in _uses(value).finditer(_text(document, entry)):
        start = entry.span.start + found.start()
        yield Edit(document.path, Span(start, start + len(value)), f"${{{variable}}}")


def _without_job(document: Document, job: Job) -> Edit:
    """Remove a job with the comment above it and the blank lines behind it."""
    text = document.text
    start = block_start(text, job.key.span.start)
    end = text.find("\n", job.parts[0].mapping.end)
    end = len(text) if end < 0 else end + 1
    while end < len(text) and text[end] in "\r\n":
        end += 1
    if end == len(text):
        start = text.index("\n", len(text[:start].rstrip()) - 1) + 1  # no blank lines are left at the end
    return Edit(document.path, Span(start, end), "")


def _prove(target: Target, edits: tuple[Edit, ...], matrix: Matrix, values: Mapping[str, str]) -> None:
    files = {**target.snapshot.files, **apply_edits(target.snapshot.files, edits)}
    before = files_alone(target.snapshot, target.pipeline)
    after = read_pipeline(without_merged(replace(target.snapshot, files=files)))
    new = after.job(matrix.name) if after is not None else None
    if after is None or new is None or [row.get(matrix.variable) for row in new.matrix] != list(values.values()):
        raise EditRefused("the file could not be read any more")
    kept = [job for job in before.jobs if job.name not in values]
    rest = [job for job in after.jobs if job.name != matrix.name]
    if [(job.name, effective(job)) for job in kept] != [(job.name, effective(job)) for job in rest]:
        raise EditRefused("other jobs would change too")
    if len(after.problems) > len(before.problems) or after.hidden != before.hidden:
        raise EditRefused("the edit would make the file invalid")
    for job in (job for job in before.jobs if job.name in values):
        if _filled(effective(new), matrix.variable, values[job.name]) != _filled(effective(job), "", ""):
            raise EditRefused(f"the matrix would not do what `{job.name}` does")


def _filled(data: Mapping[str, object], variable: str, value: str) -> str:
    """Return a job's data as one text, with the matrix's variable replaced."""
    kept = {name: held for name, held in data.items() if name != "parallel"}
    text = json.dumps(kept, sort_keys=True)
    return text.replace(f"${{{variable}}}", value) if variable else text
