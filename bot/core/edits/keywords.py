"""Keywords of jobs: set, replaced, removed, in the one place that serves exactly the jobs that are meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.core.ci.inherit import DEFAULT_KEYWORDS, OLD_GLOBAL_KEYWORDS
from bot.core.ci.model import Job, Part
from bot.core.edits.places import FEW, places_for
from bot.core.edits.render import Plain
from bot.core.edits.splice import add_entry, add_first, add_nested, remove_entry, replace_scalar, replace_value
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.top_level import add_section
from bot.core.edits.verify import Expectation, Plan, first_proof, in_order, joined, proved, setting
from bot.core.fix import Edit
from bot.core.yamltree import Alias, Document, Entry, Scalar
from bot.core.yamltree import Mapping as YamlMapping

_FIRST = ("extends", "stage", "image", "services", "tags", "variables", "needs", "dependencies", "cache")
_LAST = frozenset({"after_script", "artifacts", "rules", "only", "except", "when", "allow_failure", "script"})


def set_keyword(target: Target, keyword: str, value: Plain) -> tuple[Edit, ...]:
    """Give the jobs a keyword with this value, whatever they had: `set_keyword(t, "interruptible", True)`."""
    return set_keywords(target, {keyword: value})


def set_keywords(target: Target, values: Mapping[str, Plain]) -> tuple[Edit, ...]:
    """Give the jobs several keywords at one place."""
    return first_proof(target, keyword_plans(target, values))


def keyword_plans(target: Target, values: Mapping[str, Plain]) -> Iterator[Plan]:
    """Yield ways to give the jobs keywords, the best one first."""
    expected = _expected(target, values)
    first = next(iter(values))
    own: list[Plan] = []
    if target.is_everything and len(target.jobs) > 1 and set(values) <= OLD_GLOBAL_KEYWORDS:
        yield from _new_global(target, values, expected)
    for parts in places_for(target, first):
        plan = _plan(target, parts, values, expected)
        if plan is not None and _is_own(target, parts) and len(parts) >= FEW:
            own.append(plan)
        elif plan is not None:
            yield plan
    if target.is_everything and len(target.jobs) >= FEW and set(values) <= DEFAULT_KEYWORDS:
        yield from _new_default(target, values, expected)
    yield from own


def _new_default(
    target: Target, values: Mapping[str, Plain], expected: Mapping[str, Expectation]
) -> Iterator[Plan]:
    try:
        yield Plan((add_section(target, "default", dict(values)),), expected)
    except EditRefused:
        return


def _new_global(
    target: Target, values: Mapping[str, Plain], expected: Mapping[str, Expectation]
) -> Iterator[Plan]:
    """Set keywords for the whole file, where that is how it sets others."""
    root = target.document(target.pipeline.path).roots[-1]
    names = {entry.name for entry in root.entries} if isinstance(root, YamlMapping) else set()
    if not names & OLD_GLOBAL_KEYWORDS or "default" in names:
        return
    try:
        yield Plan(tuple(add_section(target, name, value) for name, value in values.items()), expected)
    except EditRefused:
        return


def own_plan(target: Target, values: Mapping[str, Plain]) -> Plan | None:
    """Return the way in which each job gets the keywords in its own mapping, whatever it inherits."""
    own = tuple(job.parts[0] for job in target.jobs)
    return _plan(target, own, values, _expected(target, values))


def _is_own(target: Target, parts: tuple[Part, ...]) -> bool:
    return [id(part.mapping) for part in parts] == [id(job.parts[0].mapping) for job in target.jobs]


def _expected(target: Target, values: Mapping[str, Plain]) -> dict[str, Expectation]:
    steps = [_becomes(keyword, value) for keyword, value in values.items()]
    return {job.name: in_order(*steps) for job in target.jobs}


def _becomes(keyword: str, value: Plain) -> Expectation:
    if keyword == "variables" and isinstance(value, Mapping):
        return in_order(*(setting(("variables", name), held) for name, held in value.items()))
    return setting((keyword,), value)


def _plan(
    target: Target, parts: tuple[Part, ...], values: Mapping[str, Plain], expected: Mapping[str, Expectation]
) -> Plan | None:
    try:
        edits = [edit for part in parts for edit in _write(target, part, values)]
    except EditRefused:
        return None
    return Plan(tuple(dict.fromkeys(edits)), expected)


def _write(target: Target, part: Part, values: Mapping[str, Plain]) -> Iterator[Edit]:
    document = target.document(part.path)
    added: dict[str, Plain] = {}
    for keyword, value in values.items():
        entry = part.mapping.entry(keyword)
        if entry is None:
            added[keyword] = value
        elif keyword == "variables" and isinstance(value, Mapping):
            yield from _merge_into(document, entry, value)
        else:
            yield _overwrite(document, entry, value)
    if added:
        yield _add(document, part.mapping, added)


def _add(document: Document, mapping: YamlMapping, added: Mapping[str, Plain]) -> Edit:
    pieces = [add_keyword(document, mapping, keyword, value) for keyword, value in added.items()]
    if len({piece.span for piece in pieces}) > 1:
        raise EditRefused("the keywords belong to different places")
    return Edit(document.path, pieces[0].span, "".join(piece.text for piece in pieces))


def add_keyword(document: Document, mapping: YamlMapping, keyword: str, value: Plain) -> Edit:
    """Add a keyword to a job: behind those that usually stand in front of it.

    A key in front of `<<` loses against what is merged there, as GitLab reads it; so it goes behind that.
    """
    usual = next((entry for name in reversed(_FIRST) if (entry := mapping.entry(name)) is not None), None)
    before = [entry for entry in (usual, mapping.entry("<<")) if entry is not None]
    after = max(before, key=lambda entry: entry.span.start) if before else None
    if keyword in _LAST or not mapping.entries:
        return add_entry(document, mapping, keyword, value)
    if after is None:
        return add_first(document, mapping, keyword, value)
    return add_entry(document, mapping, keyword, value, after)


def _overwrite(document: Document, entry: Entry, value: Plain) -> Edit:
    held = entry.value
    if isinstance(held, Scalar) and held.start == held.end:
        return add_nested(document, entry, value)
    simple = isinstance(held, Scalar) and held.anchor is None and held.style not in {"|", ">"}
    if simple and isinstance(held, Scalar) and isinstance(value, str) and "\n" not in value:
        return replace_scalar(document, held, value)
    return replace_value(document, entry, value)


def _merge_into(document: Document, entry: Entry, values: Mapping[str, Plain]) -> Iterator[Edit]:
    """Add variables to a mapping of variables, or change them there."""
    held = entry.value
    if not isinstance(held, YamlMapping):
        raise EditRefused(f"`{entry.name}` is written in an unusual way")
    added: dict[str, Plain] = {}
    for name, value in values.items():
        known = held.entry(name)
        if known is None:
            added[name] = value
        else:
            yield _overwrite(document, known, value)
    if added:
        pieces = [add_entry(document, held, name, value) for name, value in added.items()]
        yield Edit(document.path, pieces[0].span, "".join(piece.text for piece in pieces))


def set_variable(target: Target, name: str, value: str) -> tuple[Edit, ...]:
    """Give the jobs a variable. Where every job is meant, it goes to the variables of the pipeline."""
    return set_variables(target, {name: value})


def set_variables(target: Target, values: Mapping[str, str]) -> tuple[Edit, ...]:
    """Give the jobs variables. Where every job is meant, they go to the variables of the pipeline."""
    return first_proof(target, variable_plans(target, values))


def variable_plans(target: Target, values: Mapping[str, str]) -> Iterator[Plan]:
    """Yield ways to give the jobs variables, the best one first."""
    if target.is_everything and len(target.jobs) > 1:
        yield from _global_plans(target, values)
    yield from keyword_plans(target, {"variables": dict(values)})
    plans = [_with_copies(target, job, values) for job in target.jobs]
    found = [plan for plan in plans if plan is not None]
    if len(found) == len(plans):
        yield joined(found)


def _with_copies(target: Target, job: Job, values: Mapping[str, str]) -> Plan | None:
    """Give the job variables of its own with those that a merge key brings, which they would hide."""
    common = target.pipeline.variables
    brought: dict[str, Plain] = {
        name: value
        for name, value in job.data.get("variables", {}).items()
        if name not in common or job.origins.get(("variables", name)) != common[name].location
    }
    own = Target(target.snapshot, target.pipeline, (job,))
    return own_plan(own, {"variables": {**brought, **values}})


def _global_plans(target: Target, values: Mapping[str, str]) -> Iterator[Plan]:
    document = target.document(target.pipeline.path)
    root = document.roots[-1]
    entry = root.entry("variables") if isinstance(root, YamlMapping) else None
    expected = _expected(target, {"variables": dict(values)})
    if entry is None:
        yield Plan((add_section(target, "variables", dict(values)),), expected, dict(values))
    elif isinstance(root, YamlMapping) and isinstance(entry.value, YamlMapping):
        yield Plan(tuple(_merge_into(document, entry, values)), expected, dict(values))


def remove_keyword(target: Target, *route: str) -> tuple[Edit, ...]:
    """Take a keyword (or a key inside it) away from the jobs: `remove_keyword(t, "variables", "X")`."""
    edits: list[Edit] = []
    for job in target.jobs:
        mapping, entry, path = _entry_at(job, route)
        edits.append(remove_entry(target.document(path), mapping, entry))
    expected = {job.name: setting(route, None) for job in target.jobs}
    return proved(target, Plan(tuple(dict.fromkeys(edits)), expected))


def _entry_at(job: Job, route: tuple[str, ...]) -> tuple[YamlMapping, Entry, str]:
    for part in job.parts:
        mapping: Any = part.mapping
        for name in route[:-1]:
            entry = mapping.entry(name)
            value = entry.value if entry is not None else None
            mapping = value.target if isinstance(value, Alias) else value
            if not isinstance(mapping, YamlMapping):
                break
        found = mapping.entry(route[-1]) if isinstance(mapping, YamlMapping) else None
        if found is not None:
            return mapping, found, part.path
    raise EditRefused(f"`{'.'.join(route)}` of the job `{job.name}` is not written where it can be removed")
