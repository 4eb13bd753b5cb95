"""What several jobs have in common, moved into one template that they extend."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from bot.core.ci.model import Job
from bot.core.ci.reader import read_pipeline
from bot.core.edits.includes import files_alone, without_merged
from bot.core.edits.style import line_end
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.edits.verify import effective
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document, Entry, Mapping

_VERSION = re.compile(r"[\W_]*(?:py|python)?[\W_\d]*$")
_DIGITS = re.compile(r"[\W_\d]+$")
_COMMENT = re.compile(r"(?:^|\s)#")


def extract_template(target: Target, own: Collection[str]) -> tuple[Edit, ...]:
    """Move all but the ``own`` keywords of the jobs into a template; that they stay what they are is proved."""
    document, entries = _entries(target)
    for entry in entries[1:]:  # the first one's lines become the template
        if any(_COMMENT.search(text) for text in _without(document, entry, own)):
            raise EditRefused("comments between the keywords would be lost")
    name = _template_name(target)
    template = "".join(_without(document, entries[0], own))
    end = line_end(document.text)
    first = document.text.rfind("\n", 0, entries[0].key.start) + 1
    edits = [Edit(document.path, Span(first, first), f"{name}:{end}{template}{end}")]
    edits += [
        _slimmed(document, entry, own, f"{_indent(document, entry)}extends: {name}{end}") for entry in entries
    ]
    result = _merged(edits, first)
    _prove(target, result)
    return result


def _entries(target: Target) -> tuple[Document, list[Entry]]:
    paths = {job.key.path for job in target.jobs}
    if len(paths) > 1:
        raise EditRefused("the jobs stand in several files")
    document = target.document(paths.pop())
    root = document.roots[-1]
    found = [root.entry(job.name) for job in target.jobs] if isinstance(root, Mapping) else []
    entries = sorted((entry for entry in found if entry), key=lambda entry: entry.key.start)
    if len(entries) != len(target.jobs) or any(not _is_plain(entry) for entry in entries):
        raise EditRefused("the jobs are written in an unusual way")
    return document, entries


def _is_plain(entry: Entry) -> bool:
    value = entry.value
    if not isinstance(value, Mapping) or value.flow or value.anchor or value.tag:
        return False
    return not {"extends", "<<"} & {inner.name for inner in value.entries}


def _template_name(target: Target) -> str:
    names = [job.name for job in target.jobs]
    shared = names[0]
    for name in names:
        while not name.startswith(shared):
            shared = shared[:-1]
    stem = _VERSION.sub("", shared) or _DIGITS.sub("", shared) or "shared"
    taken = {*target.pipeline.hidden, *names}
    return next(name for name in (f".{stem}", f".{stem}-template", f".{stem}-shared") if name not in taken)


def _pieces(document: Document, entry: Entry) -> Iterator[tuple[str, Span]]:
    """Yield the keywords of a job with their whole lines."""
    value = entry.value
    if not isinstance(value, Mapping):
        return
    starts = [document.text.rfind("\n", 0, inner.key.start) + 1 for inner in value.entries]
    last = document.text.find("\n", value.end)
    ends = [*starts[1:], len(document.text) if last < 0 else last + 1]
    yield from ((inner.name, Span(a, b)) for inner, a, b in zip(value.entries, starts, ends, strict=True))


def _without(document: Document, entry: Entry, own: Collection[str]) -> Iterator[str]:
    for name, span in _pieces(document, entry):
        if name not in own:
            text = span.of(document.text)
            yield text if text.endswith("\n") else text + line_end(document.text)


def _slimmed(document: Document, entry: Entry, own: Collection[str], extends: str) -> Edit:
    pieces = list(_pieces(document, entry))
    kept = [span.of(document.text) for name, span in pieces if name in own]
    body = "".join((extends, *kept))
    span = Span(pieces[0][1].start, pieces[-1][1].end)
    if not span.of(document.text).endswith("\n"):
        body = body.rstrip("\r\n")
    return Edit(document.path, span, body)


def _indent(document: Document, entry: Entry) -> str:
    start = next(_pieces(document, entry))[1].start
    return re.match(r"[ ]*", document.text[start:])[0]  # type: ignore[index]


def _merged(edits: list[Edit], first: int) -> tuple[Edit, ...]:
    return tuple(sorted(edits, key=lambda edit: (edit.span.start != first, edit)))


def _prove(target: Target, edits: tuple[Edit, ...]) -> None:
    """Read the files again: every job must be what it was."""
    changed = apply_edits(target.snapshot.files, edits)
    before = files_alone(target.snapshot, target.pipeline)
    after = read_pipeline(without_merged(replace(target.snapshot, files={**target.snapshot.files, **changed})))
    if after is None or len(after.problems) > len(before.problems):
        raise EditRefused("the file would not be valid any more")
    if _jobs(before.jobs) != _jobs(after.jobs):
        raise EditRefused("a job would not stay what it is")


def _jobs(jobs: tuple[Job, ...]) -> list[tuple[str, dict[str, object]]]:
    return [(job.name, effective(job)) for job in jobs]
