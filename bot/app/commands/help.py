"""List what the bot answers to.

What it does
------------
Answers with one line for each command.

In use
------
`/scansion help`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request, all_commands


async def run(request: Request) -> Answer:
    """Answer with the list."""
    del request
    return Answer(text=short_help())


def short_help() -> str:
    """Return one line for each command."""
    lines = [f"- `/scansion {command.id}{_usage(command)}`: {command.page.summary}" for command in _ordered()]
    return "\n".join(["At the start of a line, by a person with the Developer role:", "", *lines])


def _ordered() -> list[Command]:
    return list(all_commands().values())


def _usage(command: Command) -> str:
    return f" {command.usage}" if command.usage else ""


COMMAND = Command(id="help", run=run)
