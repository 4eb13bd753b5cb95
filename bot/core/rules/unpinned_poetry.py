"""A job installs whatever Poetry is newest.

Why
---
A new Poetry changes options, messages and the lock format: Poetry 2.0 removed `--no-dev`, `lock --no-update`
and the built-in `export`, and writes locks that Poetry 1.2 refuses. With an unpinned installation such a
release breaks the pipeline on a day when nobody changed anything, and the image's Python decides which Poetry
is newest: Python 3.8 gets 1.8.5, Python 3.9 gets 2.2.1.

Example
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry
    - poetry install
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install
```

Take the version that wrote the lock (its first line names it). One variable `POETRY_VERSION` for all jobs keeps
them together: `pip install poetry==$POETRY_VERSION`.

Fix safety
----------
The fix pins the version that wrote `poetry.lock`, which can read it for certain. It is offered only where that
version knows every option that the pipeline uses. Where it is too new for the Python of a job, the newest that
runs there and reads the lock is offered instead; that may be an older one than other jobs have today, so it is
unsafe.

Limits
------
A version behind a variable that is not set in the file is taken as pinned. A range such as `poetry<2` is
reported with less weight.

References
----------
- https://python-poetry.org/docs/#ci-recommendations
- https://python-poetry.org/history/
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.fragments import extend_command, replace_fragment
from bot.core.edits.target import Target
from bot.core.edits.text import EditRefused
from bot.core.finding import Confidence, Finding, Severity, Skipped
from bot.core.fix import Applicability, Edit
from bot.core.poetry.anchors import owner_of, place_of_command, place_of_word
from bot.core.poetry.fixes import Offer, jobs_of_command, offered
from bot.core.poetry.releases import find_release, first_reader, lifespans, releases, runs_on
from bot.core.poetry.runs import runs_of
from bot.core.poetry.version import Pinned, PoetrySource, poetry_source
from bot.core.python.versions import parse_version
from bot.core.rule import Rule
from bot.core.shell_script.poetry_call import poetry_calls
from bot.core.shell_script.poetry_setup import PoetrySetup

ID = "unpinned-poetry"
_ADDED: dict[str, tuple[str, ...]] = {"installer": ("--version",), "self": ()}  # what stands before the version


@dataclass(frozen=True, slots=True)
class _Choice:
    """The version to pin; ``misfit`` says why it is not offered, or why there is none."""

    version: Version | None
    misfit: str = ""
    advice: str = "Pin one version"
    why: str = ""
    applicability: Applicability = Applicability.SAFE


def check(context: Context) -> Iterator[Finding | Skipped]:
    """Yield jobs whose Poetry is not fixed to one version."""
    for job in context.pipeline.jobs if context.pipeline else ():
        source = poetry_source(job)
        if source is None or source.pinned not in {Pinned.NO, Pinned.RANGE}:
            continue
        template = context.hidden_template(job) if source.missing else ""
        if template:
            yield Skipped(ID, f"the template `{template}`, which is not at hand, may install Poetry", job.name)
        else:
            yield _finding(context, job, source)


def _finding(context: Context, job: Job, source: PoetrySource) -> Finding:
    setup = source.setup
    location = source.location or job.key
    jobs = jobs_of_command(context, job, setup.command) if setup and not setup.command.origin else (job,)
    choice = _choice(context, jobs)
    if setup is not None:
        place = place_of_word(job, setup.command, setup.word)
        location = place if setup.word else place_of_command(job, setup.command)
    return Finding(
        rule=ID,
        severity=Severity.WARNING if source.pinned is Pinned.NO and not source.missing else Severity.INFO,
        confidence=Confidence.HIGH if setup else Confidence.MEDIUM,
        message=f"{_what(job, source)}. {choice.advice}.",
        location=location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, location)} {setup.manager if setup else 'image'}",
        **_fix(context, job, setup, choice, jobs),
    )


def _choice(context: Context, jobs: tuple[Job, ...]) -> _Choice:
    """Choose the Poetry that wrote the lock; where it is too new for a job's Python, the newest that is not."""
    own = parse_version(context.lock.generator) if context.lock and context.lock.generator else None
    if own is None or context.lock is None:
        return _Choice(None, "no version can be chosen: `poetry.lock` does not say which Poetry wrote it")
    pythons = {run.python for job in jobs for run in runs_of(job, context.snapshot.facts.today) if run.python}
    if _runs_on_all(own, pythons):
        advice = f"Pin the version that wrote `poetry.lock`: {own}"
        return _Choice(own, _misfit(jobs, own), advice, "which wrote `poetry.lock`")
    reader = first_reader(context.lock.lock_version) or own
    older = [one.version for one in reversed(releases()) if reader <= one.version < own]
    newest = next((one for one in older if _runs_on_all(one, pythons) and not _misfit(jobs, one)), None)
    oldest = min(pythons, key=Version)
    if newest is None:
        return _Choice(None, f"Poetry {own} does not run on Python {oldest}")
    why = f"the newest that runs on Python {oldest}"
    advice = f"Pin {newest}, {why} (Poetry {own} wrote `poetry.lock`)"
    return _Choice(newest, advice=advice, why=why, applicability=Applicability.UNSAFE)


def _fix(context: Context, job: Job, setup: PoetrySetup | None, choice: _Choice, jobs: tuple[Job, ...]) -> Offer:
    version = choice.version
    if setup is None or setup.manager not in {"pip", "pipx", "uv", "installer", "self"}:
        return Offer(fix_refused="Poetry does not come from the job's own script")
    if setup.command.origin:
        return Offer(
            fix_refused=f"Poetry is installed in `{setup.command.origin}`, which other people may run too"
        )
    if version is None:
        return Offer(fix_refused=choice.misfit)
    word = setup.word
    if choice.misfit or (setup.manager not in _ADDED and (word is None or word.text != "poetry")):
        return Offer(fix_refused=choice.misfit or "the requirement is written in an unusual way")
    return offered(
        context,
        f"Pin Poetry {version}, {choice.why}",
        choice.applicability,
        jobs,
        lambda target: _pin(target, setup, version),
        about=place_of_word(job, setup.command, word),
    )


def _pin(target: Target, setup: PoetrySetup, version: Version) -> tuple[Edit, ...]:
    if setup.manager in _ADDED:
        return extend_command(target, setup.command, [*_ADDED[setup.manager], str(version)])
    location = setup.word.location if setup.word else None
    if location is None:
        raise EditRefused("the requirement cannot be found in the file")
    return replace_fragment(target, location, f"poetry=={version}")


def _runs_on_all(version: Version, pythons: Collection[str]) -> bool:
    release = find_release(version)
    return release is None or all(runs_on(release, python) for python in pythons)


def _misfit(jobs: tuple[Job, ...], version: Version) -> str:
    """Return what the jobs use and a version does not have, empty where it has all."""
    for call in (call for job in jobs for call in poetry_calls(job.commands)):
        for one in lifespans():
            used = one.command == call.subcommand and (not one.option or call.arguments.has(one.option))
            if used and (one.is_not_yet(version) or one.is_gone(version)):
                return f"Poetry {version} has no `{' '.join(filter(None, (one.command, one.option)))}`"
    return ""


def _what(job: Job, source: PoetrySource) -> str:
    if source.missing:
        return (
            f"Nothing that `{job.name}` shows fixes a version of Poetry: its image has none, and it installs none"
        )
    if source.setup is None:
        tag = job.image.name.value if job.image else ""
        return f"`{job.name}` takes Poetry from `{tag}`, a tag that moves: its version can change overnight"
    if source.setup.manager in {"apt", "apk", "dnf", "yum", "microdnf", "pacman", "zypper"}:
        return f"`{job.name}` takes the Poetry of the image's distribution: another image brings another version"
    if source.setup.manager == "self":
        return f"`{job.name}` updates Poetry to whatever is newest, and the next release can break it"
    if source.pinned is Pinned.RANGE:
        return f"`{job.name}` installs any Poetry in `{source.setup.constraint}`"
    return (
        f"`{job.name}` installs whatever Poetry is newest: the next release can break it without a change of yours"
    )


RULE = Rule(id=ID, severity=Severity.WARNING, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
