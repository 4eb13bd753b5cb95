"""Repairs of Poetry's caches: a new one, another place, another key."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from bot.core.ci.model import Cache, Job
from bot.core.context import Context
from bot.core.edits.caches import NewCache, add_cache, set_cache_key
from bot.core.edits.render import Plain
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.fix import Applicability, Edit
from bot.core.poetry.borrowers import borrowers
from bot.core.poetry.caching import Installation
from bot.core.poetry.environment import settings_at
from bot.core.poetry.fixes import Offer, offered
from bot.core.poetry.keys import changes_each_time
from bot.core.poetry.runs import runs_of

IN_PROJECT = "POETRY_VIRTUALENVS_IN_PROJECT"
CACHE_DIR = "POETRY_CACHE_DIR"
FOLDER = ".cache/pypoetry"
_MOST_CACHES = 4  # that GitLab takes for one job
_LARGE = 80  # packages; from about there packing an environment costs more than it saves


def cache_offer(context: Context, installation: Installation, alike: list[Installation]) -> Offer:
    """Offer a cache for a job and those that need the same one."""
    if not _has_lock(context, installation):
        return Offer(fix_refused="there is no `poetry.lock` to key a cache by")
    jobs = [one.job for one in alike]
    cache, variables = _new_cache(context, installation)
    title = "Cache Poetry's downloads" if CACHE_DIR in variables else "Cache the virtual environment"
    return offered(
        context,
        title,
        Applicability.UNSAFE if may_have_cache(context, installation.job) else Applicability.SAFE,
        jobs,
        lambda target: _add_cache(target, cache, variables),
        about=(tuple(cache.paths), str(cache.key)),
    )


def may_have_cache(context: Context, job: Job) -> bool:
    """Whether an include that is not at hand may give the job a cache, which one of its own would replace."""
    return bool(context.hidden_defaults) and not job.caches and "cache" not in job.data


def _add_cache(target: Target, cache: NewCache, variables: Mapping[str, str]) -> tuple[Edit, ...]:
    if any(len(job.caches) >= _MOST_CACHES for job in target.jobs):
        raise EditRefused(f"GitLab takes {_MOST_CACHES} caches for a job, and there are as many")
    return add_cache(target, cache, variables)


def needs_of(context: Context, installation: Installation) -> tuple[object, ...]:
    """Return what two jobs must have in common to share one new cache."""
    cache, variables = _new_cache(context, installation)
    held = tuple(other.location for other in installation.job.caches)
    return (str(cache.key), tuple(cache.paths), tuple(variables), held, installation.job.editable)


def _new_cache(context: Context, installation: Installation) -> tuple[NewCache, dict[str, str]]:
    """Choose what the project already half has: an environment in the project, a cache folder; else what pays."""
    environment = installation.environments[0]
    folder = installation.calls[0].directory or ""
    if environment.venv.inside:
        return NewCache(_key(context, installation), [f"{environment.venv.path}/"]), {}
    if environment.downloads.inside:
        return _downloads(installation, environment.downloads.path), {}
    in_project = settings_at(installation.job, installation.calls[0], context.poetry_config.settings)
    large = context.lock is not None and len(context.lock.packages) > _LARGE
    if large or "virtualenvs.create" in in_project or "virtualenvs.in-project" in in_project:
        return _downloads(installation, FOLDER), {CACHE_DIR: f"$CI_PROJECT_DIR/{FOLDER}"}
    return NewCache(_key(context, installation), [posixpath.join(folder, ".venv/")]), {IN_PROJECT: "true"}


def _downloads(installation: Installation, path: str) -> NewCache:
    key: dict[str, Plain] = {"prefix": "poetry", "files": [_lock_path(installation)]}
    return NewCache(key, [f"{path}/artifacts/", f"{path}/cache/"])


def _key(context: Context, installation: Installation) -> dict[str, Plain]:
    """Key an environment by the lock and the Python, or by the job where jobs differ or it is not known."""
    prefix = context.remember("prefix of environments", lambda: _prefix(context))
    return {"prefix": prefix, "files": [_lock_path(installation)]}


def _prefix(context: Context) -> str:
    jobs = [installation.job for installation in context.installations]
    pythons = {run.python for job in jobs for run in runs_of(job, context.snapshot.facts.today)}
    python = next(iter(pythons)) if len(pythons) == 1 else None
    if python:
        return f"python-{python}"
    return "$CI_JOB_NAME_SLUG" if any("/" in job.name for job in jobs) else "$CI_JOB_NAME"


def _lock_path(installation: Installation) -> str:
    return posixpath.join(installation.calls[0].directory or "", "poetry.lock")


def _has_lock(context: Context, installation: Installation) -> bool:
    if installation.calls[0].directory is None:
        return False
    path = _lock_path(installation)
    return path in context.snapshot.files or path in (context.snapshot.paths or ())


def key_offer(context: Context, installation: Installation, cache: Cache) -> Offer:
    """Offer a key that follows the lock; the old key becomes its prefix."""
    if not _has_lock(context, installation):
        return Offer(fix_refused="there is no `poetry.lock` to key the cache by")
    if cache.key_files:
        return Offer(fix_refused="the key follows other files, and GitLab takes two at most")
    together = jobs_with_cache(context, cache)
    borrowed = [job.name for job in borrowers(context, cache) if job not in together]
    if borrowed:
        return _lent(borrowed)
    path = _lock_path(installation)
    fleeting = changes_each_time(cache)
    key: dict[str, Plain] = {"prefix": cache.key.value} if cache.key and not fleeting else {}
    key["files"] = [path]
    return offered(
        context,
        "Let the cache key follow `poetry.lock`",
        Applicability.UNSAFE if fleeting else Applicability.SAFE,
        together,
        lambda target: set_cache_key(target, cache, key),
        about=cache.location,
    )


def _lent(names: list[str]) -> Offer:
    return Offer(fix_refused=f"`{names[0]}` runs in the environment that another job leaves in this cache")


def python_key_offer(context: Context, cache: Cache) -> Offer:
    """Offer a key with the job's name in it."""
    borrowed = [job.name for job in borrowers(context, cache)]
    if borrowed:
        return _lent(borrowed)
    prefix = cache.key_prefix or cache.key
    own = _own_part(jobs_with_cache(context, cache))
    name = f"{prefix.value}-{own}" if prefix else own
    files: list[Plain] = [text.value for text in cache.key_files]
    key: Plain = {"prefix": name, "files": files} if files else name
    return offered(
        context,
        "Give each job a cache of its own",
        Applicability.SAFE,
        jobs_with_cache(context, cache),
        lambda target: set_cache_key(target, cache, key),
        about=cache.location,
    )


def _own_part(jobs: tuple[Job, ...]) -> str:
    """Return what tells the jobs apart: the matrix variables in the image of a single job, else the job's name."""
    job = jobs[0] if len(jobs) == 1 else None
    if job is not None and job.matrix and job.image is not None:
        written = job.image.name.value
        varied = [name for name in job.matrix[0] if f"${name}" in written or f"${{{name}}}" in written]
        if varied:
            return "-".join(f"${name}" for name in varied)
    return "$CI_JOB_NAME"


def jobs_with_cache(context: Context, cache: Cache) -> tuple[Job, ...]:
    """Return the jobs that take a cache from this very place."""
    jobs = context.pipeline.jobs if context.pipeline else ()
    return tuple(job for job in jobs if any(other.location == cache.location for other in job.caches))
