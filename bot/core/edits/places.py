"""Where in the files a keyword of some jobs is best written: one place that serves exactly them, or each job."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.inherit import DEFAULT_KEYWORDS
from bot.core.ci.model import Job, Part
from bot.core.edits.target import Target

FEW = 3  # from this many jobs on, a new `default:` is better than a copy in each


def places_for(target: Target, keyword: str) -> Iterator[tuple[Part, ...]]:
    """Yield sets of mappings; writing the keyword into each mapping of a set reaches the jobs that are meant.

    The best comes first: the place that gives the keyword now, a template that just these jobs share, `default:`
    where every job is meant, the jobs' own mappings. A proof must still show that no other job is reached.
    """
    now = _now(target, keyword)
    if now is not None:
        yield (now,)
    for part in _shared(target):
        if part.name != "default" or keyword in DEFAULT_KEYWORDS:
            yield (part,)
    own = tuple(job.parts[0] for job in target.jobs if job.parts)
    if len(own) == len(target.jobs):
        yield own


def _now(target: Target, keyword: str) -> Part | None:
    """Return the mapping that gives the keyword to all jobs that are meant."""
    found = {id(part.mapping): part for job in target.jobs if (part := _giver(job, keyword)) is not None}
    everybody = all(_giver(job, keyword) is not None for job in target.jobs)
    return next(iter(found.values())) if len(found) == 1 and everybody else None


def _giver(job: Job, keyword: str) -> Part | None:
    return next((part for part in job.parts if part.mapping.entry(keyword) is not None), None)


def _shared(target: Target) -> Iterator[Part]:
    """Yield the templates that all jobs which are meant have in common, and no other job has."""
    others = {
        id(part.mapping) for job in target.pipeline.jobs if job.name not in target.names for part in job.parts
    }
    first, *rest = target.jobs
    common = set.intersection(*({id(part.mapping) for part in job.parts} for job in rest)) if rest else set[int]()
    for part in first.parts[1:] if rest else ():
        if id(part.mapping) in common and id(part.mapping) not in others and part.name not in {"", "variables"}:
            yield part
