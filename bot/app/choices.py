"""The operator's choices that use cases need."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The part of the settings that the shell hands to the use cases.

    ``pages_url`` is where people reach the bot's pages of rules and causes (empty: notes carry no such links).
    ``policy_project`` is the full path of a project whose `.scansion.toml` holds for all (a group's policy).
    """

    pages_url: str = ""
    silence_label: str = "scansion::silent"
    policy_project: str = ""
    commit_status: bool = False
    commit_comments: bool = False
    open_fixups_per_project: int = 5
    fixup_pushes_per_hour: int = 10
    commands_per_hour: int = 30
