"""Edits where a part of the pipeline stands in includes that are not at hand.

GitLab's merged configuration shows what the includes bring, but it is that of the files before the edit. So an
edit is proved on the files alone, and only where they say the same of the changed keywords as GitLab does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.core.ci.model import Job, Pipeline
from bot.core.ci.reader import read_pipeline
from bot.core.edits.text import EditRefused
from bot.core.snapshot import Snapshot

MAPPINGS = frozenset({"variables"})
# What edits add to rather than set: one written anew would hide what an unknown template has there.
_GROWING = frozenset({"before_script", "script", "after_script", "cache", "rules", "only", "except"})


def without_merged(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as the files alone have it."""
    return replace(snapshot, facts=replace(snapshot.facts, merged_ci=None))


def files_alone(snapshot: Snapshot, pipeline: Pipeline) -> Pipeline:
    """Return the pipeline of the files alone."""
    if snapshot.facts.merged_ci is None:
        return pipeline
    alone = read_pipeline(without_merged(snapshot))
    return pipeline if alone is None or alone.complete else alone


def refuse_hidden_parts(
    pipeline: Pipeline, alone: Pipeline, job: Job, wanted: dict[str, Any], now: dict[str, Any]
) -> None:
    """Raise EditRefused where a keyword that changes may come from an include that is not at hand."""
    changed = list(_routes(wanted, now))
    local = alone.job(job.name) if changed else job
    if local is None:
        raise EditRefused(f"the job `{job.name}` is not defined in this repository")
    if alone is not pipeline:
        _compare(job, local, changed)
        return
    absent = [name for name in job.extends if name not in pipeline.hidden and pipeline.job(name) is None]
    for route in changed:
        if absent and route[0] in _GROWING and route[0] not in job.data:
            raise EditRefused(
                f"`{absent[0]}`, which may set `{route[0]}` too, is in an include that is not at hand"
            )


def _compare(job: Job, local: Job, changed: list[tuple[str, ...]]) -> None:
    for route in changed:
        if _at(job.data, route) != _at(local.data, route):
            raise EditRefused(f"`{route[0]}` of the job `{job.name}` comes from an include that is not at hand")


def _routes(wanted: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name in {**now, **wanted}:
        old, new = now.get(name), wanted.get(name)
        if old == new:
            continue
        if name in MAPPINGS and isinstance(new, dict):
            held = old if isinstance(old, dict) else {}
            yield from ((name, inner) for inner in {**held, **new} if held.get(inner) != new.get(inner))
        else:
            yield (name,)


def _at(data: Any, route: tuple[str, ...]) -> Any:  # noqa: ANN401 - what YAML holds
    for name in route:
        data = data.get(name) if hasattr(data, "get") else None
    return data
