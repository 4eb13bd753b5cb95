"""Repairs where a cache and what Poetry writes have different places: one of them moves to the other."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.ci.model import Cache, Job
from bot.core.context import Context
from bot.core.edits.keywords import set_variables, variable_plans
from bot.core.edits.render import Plain
from bot.core.edits.target import Target
from bot.core.edits.verify import Plan, first_proof, joined, setting
from bot.core.fix import Applicability, Edit
from bot.core.poetry.cache_fixes import CACHE_DIR, FOLDER, IN_PROJECT, jobs_with_cache
from bot.core.poetry.caching import CachedPath, Installation
from bot.core.poetry.environment import plain_variables
from bot.core.poetry.fixes import Offer, offered
from bot.core.poetry.places import covers, place_of

_INTO_PROJECT = "Let Poetry make its environment in the project's folder"


@dataclass(frozen=True)
class _Move:
    """A path of a cache that is to be another one, with the variables that send Poetry there."""

    cache: Cache
    index: int
    path: str
    variables: Mapping[str, str]


def in_project_offer(
    context: Context, installation: Installation, cached: CachedPath, jobs: tuple[Job, ...]
) -> Offer:
    """Offer the variable that puts Poetry's environment into the project, and the cache's path where it differs.

    ``jobs`` are those with the same mistake.
    """
    wanted = posixpath.join(installation.calls[0].directory or "", ".venv")
    path = cached.path
    if path is None or covers(place_of(path.value, plain_variables(installation.job)).path, wanted):
        values = {IN_PROJECT: "true"}
        return offered(
            context, _INTO_PROJECT, Applicability.SAFE, jobs, lambda target: set_variables(target, values)
        )
    sharing = jobs_with_cache(context, cached.cache)
    name = posixpath.basename(path.value.rstrip("/"))
    if any(_mentions(job, name) for job in sharing if job not in jobs):
        return Offer(fix_refused=f"other jobs use `{path.value}` too")
    index = cached.cache.paths.index(path)
    return _offer(context, _INTO_PROJECT, sharing, _Move(cached.cache, index, f"{wanted}/", {IN_PROJECT: "true"}))


def move_offer(context: Context, cache: Cache, index: int) -> Offer:
    """Offer Poetry's cache folder inside the project in place of a path outside."""
    title = "Keep Poetry's cache inside the project's folder"
    move = _Move(cache, index, f"{FOLDER}/", {CACHE_DIR: f"$CI_PROJECT_DIR/{FOLDER}"})
    return _offer(context, title, jobs_with_cache(context, cache), move)


def _mentions(job: Job, name: str) -> bool:
    return any(name in word.text for command in job.commands for word in command.words)


def _offer(context: Context, title: str, jobs: Sequence[Job], move: _Move) -> Offer:
    place = move.cache.paths[move.index].location

    def planner(target: Target) -> tuple[Edit, ...]:
        expected = {job.name: setting(("cache",), _with_path(job, move)) for job in target.jobs}
        moved = Plan((Edit(place.path, place.span, move.path),), expected)
        return first_proof(target, (joined((plan, moved)) for plan in variable_plans(target, move.variables)))

    return offered(context, title, Applicability.SAFE, jobs, planner, about=(place, move.path))


def _with_path(job: Job, move: _Move) -> Plain:
    """Return the job's caches as they are to be, with the one path replaced."""
    held = job.data["cache"]
    items = held if isinstance(held, list) else [held]
    new: list[Plain] = []
    for item, other in zip(items, job.caches, strict=True):
        if other.location != move.cache.location:
            new.append(item)
            continue
        paths = [text.value for text in other.paths]
        paths[move.index] = move.path
        new.append({**item, "paths": paths})
    return new if isinstance(held, list) else new[0]
