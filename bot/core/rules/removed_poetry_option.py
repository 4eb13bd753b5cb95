"""A job uses an option of Poetry that is gone, or gone in the next Poetry.

Why
---
Poetry 2.0 removed options that many pipelines still carry. The call then stops with `The option "--no-dev" does
not exist`, and where the line hides its errors (`2>/dev/null || true`) the job goes on with another result than
it seems.

Example
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install --no-dev
```

Instead
-------
```yaml
test:
  image: python:3.12-slim
  script:
    - pip install poetry==2.1.4
    - poetry install --only main
```

| gone | since | instead |
| --- | --- | --- |
| `install --no-dev` | 2.0 | `--only main` |
| `install --remove-untracked` | 2.0 | `poetry sync`, or `--sync` for Poetry 1.2 and later |
| `lock --no-update` | 2.0 | `poetry lock`, which updates nothing any more |
| `lock --check` | 2.0 | `poetry check --lock` |
| `config settings.KEY` | 1.0 | `config KEY` |

Fix safety
----------
Safe where the replacement does the same on the Poetry that the job really has. `lock --no-update` is left alone
while the job may still have Poetry 1, where `poetry lock` would update everything. A line for old and new Poetry
(`poetry lock --no-update || poetry lock`) is left as it is.

Limits
------
Options behind a variable are not seen. Commands that are gone (`export`, `shell`) are another rule's.

References
----------
- https://python-poetry.org/blog/announcing-poetry-2.0.0/
- https://python-poetry.org/docs/cli/
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import Version

from bot.core.ci.model import Job
from bot.core.context import Context
from bot.core.edits.fragments import remove_word, replace_fragment
from bot.core.edits.target import Target
from bot.core.finding import Confidence, Finding, Location, Severity
from bot.core.fix import Applicability, Edit
from bot.core.poetry.anchors import owner_of, place_of_word
from bot.core.poetry.fixes import Offer, jobs_of_command, offered
from bot.core.poetry.releases import Lifespan, lifespans
from bot.core.poetry.version import effective_version
from bot.core.python.versions import parse_version
from bot.core.rule import Rule
from bot.core.shell_script.arguments import Option
from bot.core.shell_script.model import Command, Word
from bot.core.shell_script.poetry_call import PoetryCall, poetry_calls

ID = "removed-poetry-option"
_GROUPS = Version("1.2")  # the first with `--only` and `--sync`
_SPARED = ". Where it fails, the line goes on without it, so nothing stops"
_KEPT = Offer(fix_refused="the line takes care of it")
_OLD_PREFIX = Lifespan("config", "settings.", None, Version("1.0"), "")


def check(context: Context) -> Iterator[Finding]:
    """Yield options that the newest Poetry does not have."""
    for job in context.pipeline.jobs if context.pipeline else ():
        for call in poetry_calls(job.commands):
            for option in call.arguments.options:
                lifespan = _removed(call, option)
                if lifespan:
                    yield _finding(context, job, call, option.word, lifespan)
            key = call.arguments.operands[0] if call.arguments.operands else None
            if call.subcommand == "config" and key and key.text.startswith("settings."):
                yield _finding(context, job, call, key, _OLD_PREFIX)


def _has_another_way(job: Job, call: PoetryCall) -> bool:
    """Whether the line is meant for old and new Poetry: `poetry lock --no-update || poetry lock`."""
    command = call.command
    others = (one.command for one in poetry_calls(job.commands) if one.subcommand == call.subcommand)
    return command.ignored and any(
        other.conditional
        and (other.origin, other.section, other.line) == (command.origin, command.section, command.line)
        for other in others
    )


def _removed(call: PoetryCall, option: Option) -> Lifespan | None:
    found = (one for one in lifespans() if one.command == call.subcommand and one.option == option.name)
    return next((one for one in found if one.removed is not None), None)


def _finding(context: Context, job: Job, call: PoetryCall, word: Word, lifespan: Lifespan) -> Finding:
    command = call.command
    version, certain = effective_version(context, job)
    spared = _has_another_way(job, call)
    gone = lifespan.is_gone(version) and not spared
    effect = _SPARED if spared else _effect(lifespan, version, certain=certain)
    location = place_of_word(job, command, word)
    return Finding(
        rule=ID,
        severity=Severity.ERROR if gone else Severity.INFO,
        confidence=Confidence.HIGH if certain or not gone else Confidence.MEDIUM,
        message=f"{_what(lifespan, word)}{effect}.",
        location=location,
        job=job.name,
        subject=f"{owner_of(context.snapshot, location)} {lifespan.command} {lifespan.option}",
        **(_KEPT if spared else _fix(context, job, command, word, lifespan)),
    )


def _fix(context: Context, job: Job, command: Command, word: Word, lifespan: Lifespan) -> Offer:
    text = _replacement(context, job, word, lifespan)
    location = word.location
    if text is None or location is None or command.origin:
        return Offer(fix_refused="what it is to be depends on the Poetry that the job has")
    return offered(
        context,
        f"Replace `{word.text}`" if text else f"Remove `{word.text}`",
        Applicability.SAFE,
        jobs_of_command(context, job, command),
        lambda target: _replace(target, location, text),
        about=location,
    )


def _replacement(context: Context, job: Job, word: Word, lifespan: Lifespan) -> str | None:
    """Return what does the same on the job's Poetry, empty to leave it out; None where that is not sure."""
    if lifespan is _OLD_PREFIX:
        return word.text.removeprefix("settings.")
    version, certain = effective_version(context, job)
    made_by = parse_version(context.lock.generator or "") if context.lock else None
    oldest = min(version, made_by) if made_by else version  # a pin may well follow
    if lifespan.option == "--no-update":
        return "" if certain and lifespan.is_gone(oldest) else None
    if lifespan.option in {"--no-dev", "--remove-untracked"} and oldest >= _GROUPS:
        return lifespan.instead
    return None


def _replace(target: Target, location: Location, text: str) -> tuple[Edit, ...]:
    return replace_fragment(target, location, text) if text else remove_word(target, location)


def _what(lifespan: Lifespan, word: Word) -> str:
    if lifespan is _OLD_PREFIX:
        return f"`{word.text}` is `{word.text.removeprefix('settings.')}` since Poetry 1.0"
    if lifespan.removed == Version("0.0"):
        return f"`{lifespan.option}` is no option of `poetry {lifespan.command}`; `{lifespan.instead}` is"
    return f"Poetry {lifespan.removed} removed `{lifespan.command} {lifespan.option}`; use `{lifespan.instead}`"


def _effect(lifespan: Lifespan, version: Version, *, certain: bool) -> str:
    if not lifespan.is_gone(version):
        return f". The job has Poetry {version}, which still takes it"
    return f". The job has Poetry {version} and stops there" if certain else ""


RULE = Rule(id=ID, severity=Severity.ERROR, confidence=Confidence.HIGH, check=check, fix=Applicability.SAFE)
