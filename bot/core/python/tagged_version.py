"""The version that a tag's pipeline gives the package."""

from __future__ import annotations

import re

from bot.core.context import Context
from bot.core.python.project import Project
from bot.core.python.toml import table
from bot.core.python.versions import parse_version
from bot.core.shell_script.poetry_call import poetry_calls

_TAG = re.compile(r"\$CI_COMMIT_TAG|\$\{CI_COMMIT_TAG(?:##?v)?\}")
_PLAIN = frozenset({"enable", "vcs", "style"})  # options that leave the version of a tagged commit as it is


def tagged_version(context: Context, project: Project) -> str | None:
    """Return the version that the tag at hand makes, None where there is no tag or it is not certain."""
    tag = context.snapshot.facts.tag
    version = tag.removeprefix("v") if tag else ""
    if tag is None or parse_version(version) is None:
        return None
    given = _given(context)
    if given:
        return version if all(_TAG.fullmatch(text) for text in given) else None
    return version if project.dynamic_version and _by_plugin(project, tag) else None


def _given(context: Context) -> list[str]:
    """Return what the jobs hand to `poetry version`."""
    jobs = context.pipeline.jobs if context.pipeline else ()
    calls = [call for job in jobs for call in poetry_calls(job.commands, "version")]
    return [word.text for call in calls for word in call.arguments.operands]


def _by_plugin(project: Project, tag: str) -> bool:
    """Whether poetry-dynamic-versioning reads the tag: by its own pattern it wants a `v` in front."""
    options = table(project.data, "tool", "poetry-dynamic-versioning")
    return options.get("enable") is True and options.keys() <= _PLAIN and tag.startswith("v")
