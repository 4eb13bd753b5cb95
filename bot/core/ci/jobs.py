"""From the evaluated configuration to the jobs of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core import yamltree
from bot.core.ci.budget import Budget
from bot.core.ci.caches import read_caches
from bot.core.ci.extends import chain
from bot.core.ci.inherit import GLOBAL_KEYWORDS, OLD_GLOBAL_KEYWORDS, Inheritance
from bot.core.ci.lazy import LazyMapping
from bot.core.ci.matrix import read_matrix
from bot.core.ci.model import Image, Job, Part, ScriptLine, Text
from bot.core.ci.runs_in import RunsReader
from bot.core.ci.script import read_script
from bot.core.ci.values import Leaf, Member, Table, Value, as_list, has_flag, text_of, to_plain, word_of
from bot.core.ci.variables import Variables, expand, read_variables
from bot.core.finding import Location


@dataclass(frozen=True)
class JobSource:
    """What the jobs of one configuration are made from: before and after `extends` was merged in."""

    written: Table
    bases: Mapping[str, tuple[str, ...]]
    config: Table
    inheritance: Inheritance
    texts: Mapping[str, str]
    files: Mapping[str, str]
    predefined: Mapping[str, str]
    part_names: Mapping[int, str]
    runs: RunsReader
    budget: Budget


def is_job_name(name: str) -> bool:
    """Whether a top-level key is a job or a template."""
    return name not in GLOBAL_KEYWORDS and name not in OLD_GLOBAL_KEYWORDS


def read_jobs(source: JobSource) -> tuple[Job, ...]:
    """Make every visible job, in the order of the configuration."""
    return tuple(
        _read_job(source, name, member.key, member.value)
        for name, member in source.config.members.items()
        if is_job_name(name) and not name.startswith(".") and isinstance(member.value, Table)
    )


def _read_job(source: JobSource, name: str, key: Location, table: Table) -> Job:
    members = source.inheritance.apply(table)
    own = read_variables(members["variables"].value if "variables" in members else None)
    variables = own.over(source.inheritance.variables_for(table))
    effective = Table(table.path, table.node, _with_variables(source, members, variables))
    source.budget.spend(source.budget.weigh(effective))
    matrix = read_matrix(effective.get("parallel"))
    written = source.written.members.get(name)
    templates = chain(source.bases, name, source.budget)
    return Job(
        name=name,
        key=key,
        data=LazyMapping(lambda: _plain(effective)),
        origins=LazyMapping(lambda: _origins(effective)),
        own_keywords=frozenset(_own_keywords(written.value) if written else ()),
        extends=templates,
        parts=_parts(source, table, variables),
        editable=written is not None,
        unresolved=tuple(base for base in templates if base not in source.config.members),
        stage=text_of(effective.get("stage")),
        image=_image(effective, _certain(effective, variables, source), source.predefined, matrix),
        variables=variables.values,
        script=_script(effective, "before_script", source) + _script(effective, "script", source),
        after_script=_script(effective, "after_script", source),
        caches=read_caches(effective.get("cache")),
        needs=_needs(effective),
        matrix=matrix,
        runs_in=source.runs.read(table, variables),
        manual=_is_manual(effective),
        allow_failure=_may_fail(effective),
        trigger="trigger" in effective.members,
        files=source.files,
    )


def _with_variables(source: JobSource, members: Mapping[str, Member], variables: Variables) -> dict[str, Member]:
    """Put the inherited variables into the job's own table, so that the effective job shows all of them."""
    if not variables.values:
        return dict(members)
    own = members.get("variables")
    table = own.value if own and isinstance(own.value, Table) else None
    held = table.members if table else {}
    inherited = source.inheritance.variable_members
    shown = {
        name: held.get(name) or inherited[name] for name in variables.values if name in held or name in inherited
    }
    base = table or source.config
    member = Member(own.key if own else base.location, Table(base.path, base.node, shown))
    return {**members, "variables": member}


def _plain(table: Table) -> dict[str, Any]:
    return {name: to_plain(member.value) for name, member in table.members.items() if name != "extends"}


def _origins(table: Table) -> dict[tuple[str, ...], Location]:
    found: dict[tuple[str, ...], Location] = {}
    waiting: list[tuple[tuple[str, ...], Value]] = [((), table)]
    while waiting:
        route, value = waiting.pop()
        if isinstance(value, Table):
            for name, member in value.members.items():
                found[(*route, name)] = member.value.location
                waiting.append(((*route, name), member.value))
    return found


def _own_keywords(value: Value) -> set[str]:
    own = value.node if isinstance(value, Table) else None
    return {entry.name for entry in own.entries} - {"<<"} if isinstance(own, yamltree.Mapping) else set()


def _parts(source: JobSource, table: Table, variables: Variables) -> tuple[Part, ...]:
    config = source.config
    default, globals_ = config.table("default"), config.table("variables")
    found = [*(table.parts or (table,))]
    found += (default.parts or (default,)) if default else ()
    found += (globals_.parts or (globals_,)) if globals_ and variables.values else ()
    found += config.parts or (config,)
    unique = {id(part.node): part for part in found if isinstance(part.node, yamltree.Mapping)}
    return tuple(_part(part, source.part_names) for part in unique.values())


def _part(table: Table, names: Mapping[int, str]) -> Part:
    node = table.node
    if not isinstance(node, yamltree.Mapping):
        raise TypeError("a part is a mapping")
    return Part(names.get(id(node), node.anchor or ""), table.path, node)


def _script(table: Table, section: str, source: JobSource) -> tuple[ScriptLine, ...]:
    return read_script(section, table.get(section), source.texts)


def _certain(job: Table, variables: Variables, source: JobSource) -> Variables:
    """Leave out the variables that a rule of the job or of the workflow may change."""
    workflow = source.config.table("workflow")
    rules = [*as_list(job.get("rules")), *as_list(workflow.get("rules") if workflow else None)]
    changing = [rule.table("variables") for rule in rules if isinstance(rule, Table)]
    names = {name for table in changing if table for name in table.members}
    return variables.without(names) if names else variables


def _image(
    job: Table, variables: Variables, known: Mapping[str, str], matrix: tuple[dict[str, str], ...]
) -> Image | None:
    value = job.get("image")
    name = text_of(value.get("name") if isinstance(value, Table) else value)
    if name is None:
        return None
    return Image(name, expand_in_matrix(name.value, variables, known, matrix))


def expand_in_matrix(
    text: str, variables: Variables, known: Mapping[str, str], matrix: tuple[dict[str, str], ...]
) -> str | None:
    """Expand a text for a job; None where it is not known or where the jobs of a matrix differ in it."""
    if not matrix:
        return expand(text, variables, known)
    rest = variables.without({name for row in matrix for name in row})
    found = {expand(text, rest, {**known, **row}) for row in matrix}
    return found.pop() if len(found) == 1 else None


def _needs(table: Table) -> tuple[str, ...] | None:
    value = table.get("needs")
    if value is None:
        return None
    names: list[Text | None] = []
    for item in as_list(value):
        if isinstance(item, Leaf):
            names.append(text_of(item))
        elif isinstance(item, Table) and not {"pipeline", "project"} & item.members.keys():
            names.append(text_of(item.get("job")))
    return tuple(name.value for name in names if name)


def _is_manual(table: Table) -> bool:
    rules = [item for item in as_list(table.get("rules")) if isinstance(item, Table)]
    if not rules:
        return word_of(table, "when") == "manual"
    whens = {word_of(rule, "when") or word_of(table, "when") for rule in rules}
    return whens - {"never"} == {"manual"}


def _may_fail(table: Table) -> bool:
    written = table.get("allow_failure")
    if written is None:
        return word_of(table, "when") == "manual" and table.get("rules") is None
    return has_flag(written) or isinstance(written, Table)
