"""Jobs that install nothing and run in the environment that another job left in a cache."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.ci.model import Cache, Job
from bot.core.context import Context
from bot.core.poetry.runs import runs_of
from bot.core.shell_script.model import Command
from bot.core.shell_script.poetry_call import poetry_call


def borrowers(context: Context, cache: Cache) -> tuple[Job, ...]:
    """Return the jobs that restore this cache's archive, do not install, and use the environment in it."""
    installing = {installation.job.name for installation in context.installations}
    jobs = context.pipeline.jobs if context.pipeline else ()
    held = {text.value.rstrip("/") for text in cache.paths}
    keys = {
        key for job in jobs if job.name in installing for key, other in _keys(context, job) if _same(other, cache)
    }
    return tuple(
        job
        for job in jobs
        if job.name not in installing
        and any(key in keys and _shares(other, held) for key, other in _keys(context, job))
        and any(_uses(command, held) for command in job.commands)
    )


def _keys(context: Context, job: Job) -> Iterator[tuple[tuple[str, ...], Cache]]:
    for run in runs_of(job, context.snapshot.facts.today):
        for cache in job.caches:
            yield run.cache_key(cache), cache


def _same(one: Cache, other: Cache) -> bool:
    return one.location == other.location


def _shares(cache: Cache, held: set[str]) -> bool:
    return any(text.value.rstrip("/") in held for text in cache.paths)


def _uses(command: Command, held: set[str]) -> bool:
    call = poetry_call(command)
    if call is not None:
        return call.subcommand == "run"
    return any(word.text.removeprefix("./").startswith(f"{path}/") for word in command.words for path in held)
