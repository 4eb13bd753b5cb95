"""What a use case is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.app.ports import Clock, Forge, Memory, WorkQueue


@dataclass(frozen=True, slots=True)
class Done:
    """The work is done. ``summary`` is one line for the operator; ``wrote`` whether GitLab was changed."""

    summary: str = ""
    wrote: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """It cannot be done now but may be later. ``after_s`` None leaves the delay to the queue's back-off."""

    reason: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """It will never work: a dead letter with a reason that the operator can act on."""

    reason: str


Outcome = Done | Retry | Dead


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The operator's settings that use cases need.

    ``pages_url`` is where people reach the bot's pages of rules and causes (empty: notes carry no such links).
    ``policy_project`` is the full path of a project whose `.scansion.toml` holds for all (a group's policy).
    """

    pages_url: str = ""
    command_word: str = "scansion"
    silence_label: str = "scansion::silent"
    policy_project: str = ""
    commit_status: bool = False
    commit_comments: bool = False
    open_fixups_per_project: int = 5
    fixup_pushes_per_hour: int = 10
    commands_per_hour: int = 30


@dataclass(frozen=True, kw_only=True)
class Services:
    """The ports, wired once by the shell."""

    forge: Forge
    queue: WorkQueue
    memory: Memory
    clock: Clock
    choices: Choices = field(default_factory=Choices)
