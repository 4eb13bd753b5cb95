"""From the script lines of a job to its commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.shell_script.model import Command

if TYPE_CHECKING:
    from bot.core.ci.model import Job


def read_commands(job: Job) -> tuple[Command, ...]:
    """Parse `before_script`, `script` and `after_script` of a job with the shell's grammar."""
    raise NotImplementedError
