"""Copies made one: what several jobs write alike moves into a template that they extend."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Job
from bot.core.edits.splice import replace_value
from bot.core.edits.style import column, style_near
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.top_level import block_start
from bot.core.edits.verify import Plan, proved
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document, Entry, Mapping, Scalar, walk
from bot.core.yamltree import Sequence as YamlSequence

_KEPT = frozenset({"extends", "<<", "inherit"})


def shared_keywords(target: Target) -> tuple[str, ...]:
    """Return the keywords that all jobs write alike in their own mapping, in the order of the first job."""
    first, *rest = [job.parts[0].mapping for job in target.jobs]
    document = target.document(target.jobs[0].key.path)
    if not rest or any(job.key.path != document.path for job in target.jobs):
        return ()
    written = [{entry.name: _written(document, entry) for entry in mapping.entries} for mapping in rest]
    return tuple(
        entry.name
        for entry in first.entries
        if entry.name not in _KEPT and all(other.get(entry.name) == _written(document, entry) for other in written)
    )


def _written(document: Document, entry: Entry) -> str:
    """Return an entry as written, without what the indent adds to its lines."""
    text = document.text[entry.key.outer_start : max(entry.key.end, entry.value.end)]
    return "\n".join(line.strip() for line in text.splitlines())


def extract_template(target: Target, name: str) -> tuple[Edit, ...]:
    """Move what the jobs write alike into a new template `name`, in front of the first of them."""
    keywords = shared_keywords(target)
    if not keywords:
        raise EditRefused("the jobs write nothing alike")
    if target.pipeline.job(name) or name in target.pipeline.hidden or not name.startswith("."):
        raise EditRefused(f"`{name}` cannot be the name of a new template")
    document = target.document(target.jobs[0].key.path)
    jobs = sorted(target.jobs, key=lambda job: job.key.span)
    edits = [_template(document, jobs[0], keywords, name)]
    for job in jobs:
        edits += _without(document, job.parts[0].mapping, keywords, name)
    return proved(target, Plan(tuple(edits), {}, templates=frozenset({name})))


def _entries(mapping: Mapping, keywords: tuple[str, ...]) -> list[Entry]:
    return [entry for entry in mapping.entries if entry.name in keywords]


def _lines(document: Document, entry: Entry) -> Span:
    """Return the whole lines of an entry."""
    start = entry.key.outer_start - column(document.text, entry.key.outer_start)
    end = document.text.find("\n", max(entry.key.end, entry.value.end))
    if document.text[start : entry.key.outer_start].strip(" "):
        raise EditRefused(f"`{entry.name}` does not begin a line")
    return Span(start, len(document.text) if end < 0 else end + 1)


def _template(document: Document, job: Job, keywords: tuple[str, ...], name: str) -> Edit:
    mapping = job.parts[0].mapping
    if mapping.flow or any(
        getattr(node, "anchor", None) for entry in _entries(mapping, keywords) for node in walk(entry.value)
    ):
        raise EditRefused(f"the job `{job.name}` is written in an unusual way")
    style = style_near(document)
    texts = [_lines(document, entry).of(document.text) for entry in _entries(mapping, keywords)]
    body = "".join(text if text.endswith("\n") else text + style.line_end for text in texts)
    at = block_start(document.text, job.key.span.start)
    return Edit(document.path, Span(at, at), f"{name}:{style.line_end}{body}{style.line_end}")


def _without(document: Document, mapping: Mapping, keywords: tuple[str, ...], name: str) -> Iterator[Edit]:
    """Take the entries out of a job, and let it extend the template where the first of them stood."""
    style = style_near(document)
    extends = mapping.entry("extends")
    line = f"{' ' * column(document.text, mapping.start)}extends: {name}{style.line_end}"
    if extends is not None:
        yield replace_value(document, extends, [*_names(extends), name])
    for index, entry in enumerate(_entries(mapping, keywords)):
        yield Edit(document.path, _lines(document, entry), "" if index or extends is not None else line)


def _names(extends: Entry) -> list[str]:
    value = extends.value
    items = value.items if isinstance(value, YamlSequence) else (value,)
    names = [item.value for item in items if isinstance(item, Scalar)]
    if len(names) != len(items):
        raise EditRefused("`extends` is written in an unusual way")
    return names
