"""Caches of jobs: a whole one, or just a path or the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bot.core.ci.model import Cache, Job
from bot.core.edits.keywords import keyword_plans, own_plan, variable_plans
from bot.core.edits.render import Plain, render_item
from bot.core.edits.splice import add_entry, add_item, lines_behind, replace_value
from bot.core.edits.style import column, style_near
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.verify import Expectation, Plan, first_proof, joined, proved, setting
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document
from bot.core.yamltree import Mapping as YamlMapping
from bot.core.yamltree import Sequence as YamlSequence


@dataclass(frozen=True)
class NewCache:
    """A cache as it is to be. ``key`` is a text or a mapping such as `{"files": ["poetry.lock"]}`."""

    key: Plain
    paths: Sequence[str]
    more: Mapping[str, Plain] = field(default_factory=dict)

    @property
    def value(self) -> dict[str, Plain]:
        """The value of the keyword `cache`."""
        return {"key": self.key, "paths": list(self.paths), **self.more}


def add_cache(target: Target, cache: NewCache, variables: Mapping[str, str] | None = None) -> tuple[Edit, ...]:
    """Give the jobs a cache beside those that they have, and the variables that it needs."""
    return first_proof(target, _with_variables(target, _cache_plans(target, cache), variables or {}))


def _with_variables(target: Target, plans: Iterator[Plan], variables: Mapping[str, str]) -> Iterator[Plan]:
    for plan in plans:
        if not variables:
            yield plan
            continue
        for more in variable_plans(target, variables):
            yield joined((plan, more))


def _cache_plans(target: Target, cache: NewCache) -> Iterator[Plan]:
    """Yield: where nothing is cached, as any keyword; beside the cache as written; in each job, with a copy."""
    if not any(job.caches for job in target.jobs):
        yield from keyword_plans(target, {"cache": cache.value})
        return
    for ways in ((_beside, _in_own), (_in_own,)):
        plans = [_first_way(target, job, cache, ways) for job in target.jobs]
        found = [plan for plan in plans if plan is not None]
        if len(found) == len(plans):
            yield joined(found)


_Way: TypeAlias = Callable[[Target, Job, NewCache], Plan | None]


def _first_way(target: Target, job: Job, cache: NewCache, ways: Sequence[_Way]) -> Plan | None:
    return next((plan for way in ways if (plan := way(target, job, cache)) is not None), None)


def _in_own(target: Target, job: Job, cache: NewCache) -> Plan | None:
    held = job.data.get("cache") if job.caches else None
    several = [*(held if isinstance(held, list) else [held]), cache.value]
    value: Plain = several if held else cache.value
    return own_plan(Target(target.snapshot, target.pipeline, (job,)), {"cache": value})


def _beside(target: Target, job: Job, cache: NewCache) -> Plan | None:
    if not job.caches:
        return None
    place = job.origins[("cache",)]
    document, node = target.document(place.path), target.node(place)
    held = job.data["cache"]
    if isinstance(node, YamlSequence) and node.tag is None:
        edits = [add_item(document, node, cache.value, len(node.items))]
    elif isinstance(node, YamlMapping) and not node.flow:
        edits = _as_list(document, node, cache)
    else:
        return None
    value = [*(held if isinstance(held, list) else [held]), cache.value]
    return Plan(tuple(edits), {job.name: setting(("cache",), value)})


def _as_list(document: Document, node: YamlMapping, cache: NewCache) -> list[Edit]:
    """Make the first item of a list of what was a single cache, and add another one."""
    indent = column(document.text, node.start)
    edits = [Edit(document.path, Span(node.start, node.start), "- ")]
    at = document.text.find("\n", node.start)
    while 0 <= at < node.end:
        if document.text[at + 1 : node.end].lstrip(" ")[:1] not in {"\n", "\r", ""}:
            edits.append(Edit(document.path, Span(at + 1, at + 1), "  "))
        at = document.text.find("\n", at + 1)
    lines = render_item(cache.value, style_near(document, node))
    return [*edits, lines_behind(document, node.end, lines, indent)]


def add_cache_path(target: Target, cache: Cache, path: str) -> tuple[Edit, ...]:
    """Add a path to a cache, which the jobs that are meant share."""
    document, node = _cache_node(target, cache)
    entry = node.entry("paths")
    paths = [*(text.value for text in cache.paths), path]
    if entry is None:
        edit = add_entry(document, node, "paths", paths)
    elif isinstance(entry.value, YamlSequence):
        edit = add_item(document, entry.value, path, len(entry.value.items))
    else:
        raise EditRefused("the paths of the cache are written in an unusual way")
    return proved(target, Plan((edit,), _expected(target, cache, "paths", paths)))


def set_cache_key(target: Target, cache: Cache, key: Plain) -> tuple[Edit, ...]:
    """Give a cache, which the jobs that are meant share, another key."""
    document, node = _cache_node(target, cache)
    entry = node.entry("key")
    edit = add_entry(document, node, "key", key) if entry is None else replace_value(document, entry, key)
    return proved(target, Plan((edit,), _expected(target, cache, "key", key)))


def _cache_node(target: Target, cache: Cache) -> tuple[Document, YamlMapping]:
    node = target.node(cache.location)
    if not isinstance(node, YamlMapping):
        raise EditRefused("the cache is written in an unusual way")
    return target.document(cache.location.path), node


def _expected(target: Target, cache: Cache, keyword: str, value: Plain) -> dict[str, Expectation]:
    return {job.name: _one_changed(job, cache, keyword, value) for job in target.jobs}


def _one_changed(job: Job, cache: Cache, keyword: str, value: Plain) -> Expectation:
    held = job.data["cache"]
    if not isinstance(held, list):
        return setting(("cache", keyword), value)
    places = [other.location for other in job.caches]
    if len(places) != len(held) or not all(isinstance(item, dict) for item in held):
        raise EditRefused("the caches are written as lists in a list")
    changed = [
        {**item, keyword: value} if place == cache.location else item
        for item, place in zip(held, places, strict=True)
    ]
    return setting(("cache",), changed)
