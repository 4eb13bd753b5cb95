"""Which locked packages an install command of a job takes."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from bot.core.ci.model import Job
from bot.core.python.poetry_config import PoetryConfig
from bot.core.python.project import Project
from bot.core.shell_script.poetry_call import PoetryCall
from bot.core.shell_script.poetry_settings import setting_at
from bot.core.system.wheels import Selection

NO_BINARY = "installer.no-binary"
SEPARATORS = re.compile(r"[,\s]+")


def selection_of(call: PoetryCall, job: Job, project: Project | None, config: PoetryConfig) -> Selection:
    """Return which groups and extras a call takes, and what it must not take as a wheel."""
    every_group = call.arguments.has("--all-groups")
    optional = set() if every_group or not project else set(project.optional_groups)
    extras = set(call.extras)
    if call.arguments.has("--all-extras") and project:
        extras |= set(project.extras)
    return Selection(
        groups=frozenset(call.only) or None,
        without=frozenset({*call.without, *(optional - set(call.with_groups))}),
        extras=frozenset(extras),
        no_binary=_no_binary(call, job, config),
    )


def _no_binary(call: PoetryCall, job: Job, config: PoetryConfig) -> frozenset[str]:
    word = setting_at(job, call.command, NO_BINARY)
    text = word.text if word else config.settings.get(NO_BINARY, "")
    if text.lower() in ("true", "1"):
        return frozenset({":all:"})
    names = (name.strip("[]'\"") for name in SEPARATORS.split(text))
    return frozenset(name if name == ":all:" else canonicalize_name(name) for name in names if name)
