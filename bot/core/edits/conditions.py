"""When a job runs: restricted by `rules`, or by `only` where the file is written that way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.core.ci.model import Job
from bot.core.edits.keywords import keyword_plans, own_plan
from bot.core.edits.render import Plain
from bot.core.edits.splice import add_first, replace_scalar
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.edits.verify import Plan, first_proof, joined, setting
from bot.core.fix import Edit
from bot.core.yamltree import Document, Scalar
from bot.core.yamltree import Mapping as YamlMapping
from bot.core.yamltree import Sequence as YamlSequence


@dataclass(frozen=True)
class Restriction:
    """A condition in both ways in which GitLab takes it."""

    condition: str
    only: Sequence[str]


_CONDITIONS = frozenset({"rules", "only", "except"})
TAGS = Restriction("$CI_COMMIT_TAG", ("tags",))
DEFAULT_BRANCH = Restriction("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", ("main",))


def restrict(target: Target, restriction: Restriction) -> tuple[Edit, ...]:
    """Let the jobs run only where the condition holds, and where they ran before."""
    if all("rules" in job.data and _narrowed(job, restriction) == job.data["rules"] for job in target.jobs):
        raise EditRefused("the jobs run only there already")
    return first_proof(target, _plans(target, restriction))


def _plans(target: Target, restriction: Restriction) -> Iterator[Plan]:
    """Yield one keyword for all where none has conditions; then the best for each job; then each job's own."""
    keyword, value = _new_condition(target, restriction)
    if not any(_CONDITIONS & job.data.keys() for job in target.jobs):
        yield from keyword_plans(target, {keyword: value})
    for ways in ((_in_each_rule, _in_own), (_in_own,)):
        plans = [
            next((p for way in ways if (p := way(target, job, restriction)) is not None), None)
            for job in target.jobs
        ]
        found = [plan for plan in plans if plan is not None]
        if len(found) == len(plans):
            yield joined(found)


def _new_condition(target: Target, restriction: Restriction) -> tuple[str, Plain]:
    if _uses_only(target):
        return "only", list(restriction.only)
    return "rules", [{"if": restriction.condition}]


def _narrowed(job: Job, restriction: Restriction) -> list[Plain]:
    return [_narrower(rule, restriction) for rule in _flat(job.data["rules"])]


def _in_own(target: Target, job: Job, restriction: Restriction) -> Plan | None:
    own = Target(target.snapshot, target.pipeline, (job,))
    if "rules" in job.data:
        return own_plan(own, {"rules": _narrowed(job, restriction)})
    if _CONDITIONS & job.data.keys():
        return own_plan(own, {"only": list(restriction.only)})
    keyword, value = _new_condition(target, restriction)
    return own_plan(own, {keyword: value})


def _flat(rules: Plain) -> Iterator[Plain]:
    """Yield the rules; those of a reference stand as a list in the list."""
    if not isinstance(rules, Sequence) or isinstance(rules, str):
        yield rules
        return
    for rule in rules:
        yield from _flat(rule)


def _uses_only(target: Target) -> bool:
    jobs = target.pipeline.jobs
    return not any("rules" in job.data for job in jobs) and any("only" in job.data for job in jobs)


def _narrower(rule: Plain, restriction: Restriction) -> Mapping[str, Plain]:
    if not isinstance(rule, Mapping):
        raise EditRefused("the rules are written in an unusual way")
    if rule.get("when") == "never":
        return rule
    return {"if": _both(rule.get("if"), restriction.condition), **{k: v for k, v in rule.items() if k != "if"}}


def _both(condition: Plain, more: str) -> str:
    if condition is None:
        return more
    if not isinstance(condition, str):
        raise EditRefused("the condition of a rule is no text")
    if "||" not in condition and more in (part.strip() for part in condition.split("&&")):
        return condition
    first = f"({condition})" if "||" in condition else condition
    return f"{first} && {more}"


def _in_each_rule(target: Target, job: Job, restriction: Restriction) -> Plan | None:
    if "rules" not in job.data:
        return None
    place = job.origins[("rules",)]
    document, node = target.document(place.path), target.node(place)
    if not isinstance(node, YamlSequence):
        return None
    try:
        edits = [edit for item in node.items for edit in _rule_edits(document, item, restriction)]
    except EditRefused:
        return None
    value = [_narrower(rule, restriction) for rule in job.data["rules"]]
    return Plan(tuple(edits), {job.name: setting(("rules",), value)})


def _rule_edits(document: Document, item: object, restriction: Restriction) -> Iterator[Edit]:
    if not isinstance(item, YamlMapping):
        raise EditRefused("a rule is written in an unusual way")
    when, entry = item.entry("when"), item.entry("if")
    if when is not None and isinstance(when.value, Scalar) and when.value.value == "never":
        return
    if entry is None:
        yield add_first(document, item, "if", restriction.condition)
    elif isinstance(entry.value, Scalar):
        condition = _both(entry.value.value, restriction.condition)
        if condition != entry.value.value:
            yield replace_scalar(document, entry.value, condition)
    else:
        raise EditRefused("a rule is written in an unusual way")
