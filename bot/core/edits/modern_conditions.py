"""Writes `rules` in the place of `only` and `except`, where the two mean the same."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.ci.model import Job, Part, Pipeline
from bot.core.ci.only_except import Rule, UntranslatableError, as_rules
from bot.core.edits.keywords import own_plan
from bot.core.edits.splice import remove_entry, replace_value
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.verify import Plan, in_order, joined, proved, setting
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Document
from bot.core.yamltree import Mapping as YamlMapping

OLD = ("only", "except")
_SAME_WITH_RULES = frozenset({"on_success", "on_failure", "always", "manual"})


def to_rules(target: Target) -> tuple[Edit, ...]:
    """Let the jobs, which share a place for `only` and `except`, say with `rules` when they run."""
    rules = _common_rules(target)
    part = _common_part(target)
    edits = tuple(_edits(target.document(part.path), part.mapping, rules))
    steps = (setting(("only",), None), setting(("except",), None), setting(("rules",), rules))
    plan = Plan(edits, {job.name: in_order(*steps) for job in target.jobs})
    return proved(target, joined([plan, *_kept_optional(target)]), also=_refuse_other_pipelines)


def _common_rules(target: Target) -> list[Rule]:
    found = [_rules_of(target.pipeline, job) for job in target.jobs]
    if any(rules != found[0] for rules in found):
        raise EditRefused("the jobs that share the keyword need different rules")
    return found[0]


def _rules_of(pipeline: Pipeline, job: Job) -> list[Rule]:
    if "rules" in job.data:
        raise EditRefused(f"`{job.name}` has `rules` already, which GitLab refuses beside `only`")
    if job.data.get("when", "on_success") not in _SAME_WITH_RULES:
        raise EditRefused(f"`when: {job.data['when']}` of `{job.name}` does not go with `rules`")
    if "only" not in job.data and not pipeline.complete:
        raise EditRefused("an include that is not at hand may decide what a job without `only` means")
    try:
        return as_rules(job.data.get("only"), job.data.get("except"), everywhere=_has_workflow(pipeline))
    except UntranslatableError as reason:
        raise EditRefused(f"`rules` cannot say the same: {reason}") from reason


def _has_workflow(pipeline: Pipeline) -> bool:
    roots = (document.roots[-1] for document in pipeline.documents.values() if document.roots)
    return any(isinstance(root, YamlMapping) and root.entry("workflow") is not None for root in roots)


def _common_part(target: Target) -> Part:
    """Return the one mapping in which all that is replaced stands."""
    parts = [part for job in target.jobs for name in OLD if (part := _giver(job, name)) is not None]
    if any(part.mapping is not parts[0].mapping for part in parts):
        raise EditRefused("`only` and `except` stand in different places")
    return parts[0]


def _giver(job: Job, keyword: str) -> Part | None:
    return next((part for part in job.parts if part.mapping.entry(keyword) is not None), None)


def _edits(document: Document, mapping: YamlMapping, rules: Sequence[Rule]) -> list[Edit]:
    old = [entry for entry in mapping.entries if entry.name in OLD]
    for entry in old:
        if "#" in document.text[entry.key.end : entry.value.end]:
            raise EditRefused("a comment stands in what would be replaced")
    first, *others = old
    name = Edit(document.path, Span(first.key.start, first.key.end), "rules")
    return [
        name,
        replace_value(document, first, rules),
        *(remove_entry(document, mapping, entry) for entry in others),
    ]


def _kept_optional(target: Target) -> list[Plan]:
    """A job by hand may fail, unless it says otherwise; under `rules` that is better said."""
    by_hand = [
        job for job in target.jobs if job.data.get("when") == "manual" and job.data.get("allow_failure") is None
    ]
    if not by_hand:
        return []
    plan = own_plan(Target(target.snapshot, target.pipeline, tuple(by_hand)), {"allow_failure": True})
    if plan is None:
        raise EditRefused("there is no place to say that the job may fail")
    return [plan]


def _refuse_other_pipelines(before: Pipeline, after: Pipeline) -> None:
    """Ask the reader, which knows both ways, whether the jobs run where they did."""
    for old, new in zip(before.jobs, after.jobs, strict=True):
        if old.runs_in != new.runs_in:
            raise EditRefused(f"`{old.name}` would run in other pipelines")
