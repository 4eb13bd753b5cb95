"""What GitLab would refuse in a configuration that is valid YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.core.ci.condition_problems import invalid_conditions
from bot.core.ci.inherit import GLOBAL_KEYWORDS, OLD_GLOBAL_KEYWORDS
from bot.core.ci.matrix import MAX_JOBS
from bot.core.ci.model import Job, Problem
from bot.core.ci.need_problems import find_need_problems
from bot.core.ci.values import Items, Leaf, Reference, Table, Value, as_list

MAX_NESTED_LISTS = 10
MAX_CACHES = 4
_SECTIONS = ("before_script", "script", "after_script")
_WORK = ("script", "run", "trigger")
_STATEMENT = re.compile(
    r"^[ \t]*(?:\{%-?|\{\{)|\{%-?\s*(?:if|for|raw|endif|endfor|set|else|include|block)\b", re.MULTILINE
)
_EXPRESSION = re.compile(r"\{\{-?\s*(?:cookiecutter|copier|project|values?|_copier)\w*[.\s|}]")


def looks_like_template(text: str) -> int | None:
    """Return where a Jinja statement or a cookiecutter expression stands, None where there is none."""
    places = [found.start() for pattern in (_STATEMENT, _EXPRESSION) if (found := pattern.search(text))]
    return min(places, default=None)


def find_problems(
    config: Table, jobs: Sequence[Job], stages: Sequence[str], *, complete: bool
) -> Iterator[Problem]:
    """Yield what GitLab would refuse; where includes are unknown, only what they cannot cure."""
    yield from _top_level(config)
    yield from invalid_conditions(config)
    for job in jobs:
        table = config.members[job.name].value
        if isinstance(table, Table):
            for check in _CHECKS:
                yield from check(job, table)
            if complete:
                yield from _unknown_stage(job, stages)
                yield from _without_work(job, table)
    if complete:
        yield from find_need_problems(config, jobs, stages)
    if complete and not any(is_visible(name) for name in config.members):
        yield Problem("no-jobs", "the file defines no job that could run", config.location)


def is_visible(name: str) -> bool:
    """Whether a top-level key is a job that could run."""
    return name not in GLOBAL_KEYWORDS | OLD_GLOBAL_KEYWORDS and not name.startswith(".")


def _top_level(config: Table) -> Iterator[Problem]:
    for name, member in config.members.items():
        if is_visible(name) and not isinstance(member.value, Table):
            message = f"`{name}` is taken for a job, and a job is a mapping of keywords"
            yield Problem("invalid-job", message, member.key, name)
    default = config.table("default")
    for name in sorted(OLD_GLOBAL_KEYWORDS):
        if default and default.get(name) is not None and config.get(name) is not None:
            message = f"`{name}` stands at the top level and in `default`, which GitLab refuses; keep the latter"
            yield Problem("defined-twice", message, config.members[name].key)


def _without_work(job: Job, table: Table) -> Iterator[Problem]:
    if all(_is_blank(table.get(keyword)) for keyword in _WORK) and not _needs_pipeline(table):
        yield Problem("job-without-script", f"`{job.name}` has no `script`, `run` or `trigger`", job.key, job.name)


def _is_blank(value: Value | None) -> bool:
    """Whether GitLab would call a value blank: absent, an empty text or an empty list."""
    return value is None or (isinstance(value, Leaf) and value.data == "") or as_list(value) == ()


def _needs_pipeline(table: Table) -> bool:
    """A bridge may wait for another pipeline with `needs:pipeline` and no `trigger`."""
    needs = table.get("needs")
    return any(isinstance(item, Table) and "pipeline" in item.members for item in as_list(needs))


def _script_lines(job: Job, table: Table) -> Iterator[Problem]:
    for section in _SECTIONS:
        value = table.get(section)
        if value is None:
            continue
        for item, depth in _flat(value):
            if isinstance(item, Table):
                message = f"a line of `{section}` is a mapping because of its `: `; put the line in quotes"
                yield Problem("invalid-script", message, item.location, job.name)
            elif depth > MAX_NESTED_LISTS:
                message = f"`{section}` nests lists deeper than {MAX_NESTED_LISTS} levels"
                yield Problem("invalid-script", message, item.location, job.name)
            elif isinstance(item, Leaf) and not isinstance(item.data, str):
                message = f"a line of `{section}` is no text for YAML (`{item.text.value}`); put it in quotes"
                yield Problem("invalid-script", message, item.location, job.name)


def _flat(value: Value, depth: int = 0) -> Iterator[tuple[Leaf | Table | Reference, int]]:
    if isinstance(value, Items):
        for item in value.items:
            yield from _flat(item, depth + 1)
    else:
        yield value, depth


def _mixed_rules(job: Job, table: Table) -> Iterator[Problem]:
    older = next((keyword for keyword in ("only", "except") if table.get(keyword) is not None), None)
    if older and table.get("rules") is not None:
        message = f"`{job.name}` has `rules` and `{older}`, which GitLab refuses together"
        yield Problem("rules-with-only", message, table.members[older].key, job.name)


def _caches(job: Job, table: Table) -> Iterator[Problem]:
    if len(job.caches) > MAX_CACHES:
        message = f"`{job.name}` has {len(job.caches)} caches; GitLab allows {MAX_CACHES}"
        yield Problem(
            "too-many-caches",
            message,
            table.members["cache"].key if "cache" in table.members else job.key,
            job.name,
        )
    for cache in job.caches:
        if cache.key and ("/" in cache.key.value or "%2f" in cache.key.value.lower()):
            yield Problem("invalid-cache-key", "a cache key may hold no `/`", cache.key.location, job.name)
        elif cache.key and cache.key.value and not cache.key.value.strip("."):
            yield Problem("invalid-cache-key", "a cache key may not be dots alone", cache.key.location, job.name)


def _matrix(job: Job, table: Table) -> Iterator[Problem]:
    if len(job.matrix) > MAX_JOBS:
        message = f"the matrix of `{job.name}` makes more than {MAX_JOBS} jobs"
        yield Problem("matrix-too-large", message, table.members["parallel"].key, job.name)


def _unknown_stage(job: Job, stages: Sequence[str]) -> Iterator[Problem]:
    if job.stage_name not in stages:
        place = job.stage.location if job.stage else job.key
        message = f"`{job.name}` is in the stage `{job.stage_name}`, which `stages` does not list"
        yield Problem("unknown-stage", message, place, job.name)


_CHECKS: tuple[Callable[[Job, Table], Iterator[Problem]], ...] = (_script_lines, _mixed_rules, _caches, _matrix)
