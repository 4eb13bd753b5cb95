"""The proof of an edit: the files are read again, and the jobs differ in what was meant and in nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from bot.core.ci.model import Job, Pipeline
from bot.core.ci.reader import ci_error, read_pipeline
from bot.core.edits.includes import files_alone, refuse_hidden_parts, without_merged
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.fix import Edit
from bot.core.span import Span
from bot.core.yamltree import Alias, Document, walk
from bot.core.yamltree import Mapping as YamlMapping

SCRIPTS = ("before_script", "script", "after_script")
Data: TypeAlias = dict[str, Any]
Expectation: TypeAlias = Callable[[Data], Data]
Comparison: TypeAlias = Callable[[Pipeline, Pipeline], None]  # before and after; raises EditRefused


@dataclass(frozen=True)
class Plan:
    """Edits, and for each job that is meant to change what becomes of its effective data."""

    edits: tuple[Edit, ...]
    expected: Mapping[str, Expectation]
    variables: Mapping[str, str] = field(default_factory=dict)  # global ones that are added or changed


def joined(plans: Iterable[Plan]) -> Plan:
    """Return several plans as one. Of what they put at one place the deepest comes first: it ends a mapping."""
    parts = list(plans)
    merged: dict[tuple[str, Span], list[str]] = {}
    for edit in dict.fromkeys(edit for plan in parts for edit in plan.edits):
        merged.setdefault((edit.path, edit.span), []).append(edit.text)
    expected: dict[str, Expectation] = {}
    for plan in parts:
        for name, wanted in plan.expected.items():
            expected[name] = in_order(expected[name], wanted) if name in expected else wanted
    edits = tuple(
        Edit(path, span, "".join(sorted(texts, key=_depth, reverse=True)))
        for (path, span), texts in merged.items()
    )
    return Plan(edits, expected, {name: value for plan in parts for name, value in plan.variables.items()})


def _depth(text: str) -> int:
    line = text.lstrip("\r\n")
    return len(line) - len(line.lstrip(" "))


def effective(job: Job) -> Data:
    """Return a job's effective data in a form that can be compared: scripts as flat lists of lines."""
    data = dict(job.data)
    for section in SCRIPTS:
        if data.get(section) is not None:
            data[section] = lines_of(job, section)
    return data


def lines_of(job: Job, section: str) -> list[str]:
    """Return the lines of one section as the shell receives them; the line end behind the last one is nothing."""
    return [line.text.rstrip("\n") for line in (*job.script, *job.after_script) if line.section == section]


def proved(target: Target, plan: Plan, *, also: Comparison | None = None) -> tuple[Edit, ...]:
    """Return the edits if they do what is meant and nothing else; raises EditRefused with the reason.

    ``also`` compares more of the pipelines before and after.
    """
    before = files_alone(target.snapshot, target.pipeline)
    for job in target.jobs if not before.complete else ():
        now = effective(job)
        refuse_hidden_parts(target.pipeline, before, job, plan.expected.get(job.name, dict)(now), now)
    changed = apply_edits(target.snapshot.files, plan.edits)
    snapshot = without_merged(replace(target.snapshot, files={**target.snapshot.files, **changed}))
    after = read_pipeline(snapshot)
    if after is None:
        problem = ci_error(snapshot)
        raise EditRefused(f"the file could not be read any more ({problem.message if problem else 'no reason'})")
    _compare_jobs(before, after, plan)
    _compare_rest(before, after, plan)
    if also is not None:
        also(before, after)
    for path in changed:
        _compare_untouched(before.documents[path], after.documents[path], plan.edits)
    return plan.edits


def first_proof(target: Target, plans: Iterable[Plan]) -> tuple[Edit, ...]:
    """Return the edits of the first plan that holds; raises EditRefused with the reason of the first one."""
    reason: EditRefused | None = None
    for plan in plans:
        try:
            return proved(target, plan)
        except EditRefused as refusal:
            reason = reason or refusal
    raise reason or EditRefused("there is no place where the change would reach just these jobs")


def _compare_jobs(before: Pipeline, after: Pipeline, plan: Plan) -> None:
    if [job.name for job in before.jobs] != [job.name for job in after.jobs]:
        raise EditRefused("the edit would change which jobs there are")
    for old, new in zip(before.jobs, after.jobs, strict=True):
        wanted = plan.expected.get(old.name, dict)(effective(old))
        if effective(new) != _with_globals(wanted, plan):
            raise EditRefused(_reason(old, wanted, effective(new), plan))


def _with_globals(wanted: Data, plan: Plan) -> Data:
    return {**wanted, "variables": {**plan.variables, **wanted.get("variables", {})}} if plan.variables else wanted


def _reason(job: Job, wanted: Data, found: Data, plan: Plan) -> str:
    keywords = [name for name in {**wanted, **found} if wanted.get(name) != found.get(name)]
    named = ", ".join(f"`{name}`" for name in keywords)
    if job.name in plan.expected:
        return f"{named} of the job `{job.name}` would not become what is meant"
    return f"{named} of the job `{job.name}`, which is not meant, would change too"


def _compare_rest(before: Pipeline, after: Pipeline, plan: Plan) -> None:
    old = {**{name: text.value for name, text in before.variables.items()}, **plan.variables}
    if old != {name: text.value for name, text in after.variables.items()}:
        raise EditRefused("the edit would change the variables of every job")
    if before.hidden != after.hidden or before.stages != after.stages:
        raise EditRefused("the edit would change which templates or stages there are")
    if len(after.problems) > len(before.problems):
        raise EditRefused(f"the edit would make the file invalid: {after.problems[-1].message}")


def _compare_untouched(before: Document, after: Document, edits: Iterable[Edit]) -> None:
    """Compare what stands under each top-level key that no edit touches: templates that no job here uses."""
    spans = [edit.span for edit in edits if edit.path == before.path]
    old, new = before.roots[-1], after.roots[-1]
    if not isinstance(old, YamlMapping) or not isinstance(new, YamlMapping):
        raise EditRefused("the file holds no keys any more")
    found = [(entry.name, _shape(entry.value)) for entry in new.entries]
    ends = [entry.span.start for entry in old.entries[1:]] + [len(before.text)]
    for entry, end in zip(old.entries, ends, strict=True):
        touched = any(span.start <= end and entry.span.start <= span.end for span in spans)
        if not touched and (entry.name, _shape(entry.value)) not in found:
            raise EditRefused(f"`{entry.name}`, which is not meant, would change too")


def _shape(root: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401 - any node
    found: list[tuple[str, str, str]] = []
    for node in walk(root):
        anchor = node.name if isinstance(node, Alias) else node.anchor or ""
        found.append((type(node).__name__, anchor, getattr(node, "value", "").rstrip("\n")))
    return found


def setting(route: tuple[str, ...], value: Any) -> Expectation:  # noqa: ANN401 - what YAML holds
    """Expect a value at a place: `setting(("variables", "X"), "1")`. None removes it."""

    def apply(data: Data) -> Data:
        return _set(data, route, value)

    return apply


def _set(data: Data, route: tuple[str, ...], value: Any) -> Data:  # noqa: ANN401 - what YAML holds
    head, *rest = route
    held = data.get(head)
    if rest:
        value = _set(held if isinstance(held, dict) else {}, tuple(rest), value)
    if value is None:
        return {name: other for name, other in data.items() if name != head}
    return {**data, head: value}


def in_order(*expectations: Expectation) -> Expectation:
    """Expect several changes of one job."""

    def apply(data: Data) -> Data:
        for expectation in expectations:
            data = expectation(data)
        return data

    return apply
