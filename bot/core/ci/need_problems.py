"""What GitLab would refuse in `needs` and `dependencies`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.core.ci.model import Job, Problem
from bot.core.ci.values import Leaf, Table, Value, as_list, has_flag, text_of
from bot.core.finding import Location

_KEYWORDS = ("needs", "dependencies")


def find_need_problems(config: Table, jobs: Sequence[Job], stages: Sequence[str]) -> Iterator[Problem]:
    """Yield each name of a job that is not there or runs later, and dependencies that `needs` leaves out."""
    order = {job.name: stages.index(job.stage_name) for job in jobs if job.stage_name in stages}
    for job in jobs:
        table = config.members[job.name].value
        if isinstance(table, Table):
            for keyword in _KEYWORDS:
                yield from _wrong_names(job, keyword, table.get(keyword), config, order)
            yield from _left_out(job, table)


def _wrong_names(
    job: Job, keyword: str, value: Value | None, config: Table, order: Mapping[str, int]
) -> Iterator[Problem]:
    for name, place in _named_jobs(value):
        found = name if name in config.members else name.partition(": [")[0]
        if "$" in name:
            continue
        if found not in config.members:
            message = f"`{job.name}` names the job `{name}` in `{keyword}`, and there is no such job"
            yield Problem(f"unknown-{keyword}", message, place, job.name)
        elif order.get(found, 0) > order.get(job.name, len(order)):
            message = f"`{job.name}` names the job `{name}` in `{keyword}`, which is in a later stage"
            yield Problem(f"later-{keyword}", message, place, job.name)


def _left_out(job: Job, table: Table) -> Iterator[Problem]:
    """GitLab wants every dependency in `needs`, where a job has both."""
    if not job.needs:
        return
    for name, place in _named_jobs(table.get("dependencies")):
        if name not in job.needs:
            message = f"`{job.name}` names the job `{name}` in `dependencies` and not in its `needs`"
            yield Problem("dependencies-outside-needs", message, place, job.name)


def _named_jobs(value: Value | None) -> Iterator[tuple[str, Location]]:
    for item in as_list(value):
        if isinstance(item, Leaf) and item.data is not None:
            yield item.text.value, item.location
        elif isinstance(item, Table) and not {"pipeline", "project"} & item.members.keys():
            text = text_of(item.get("job"))
            if text and not has_flag(item.get("optional")):
                yield text.value, text.location
