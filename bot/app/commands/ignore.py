"""Silence a rule on this merge request.

What it does
------------
The rule says nothing more here; the answer keeps the reason, and deleting the answer takes it back. For good,
name the rule in `.scansion.toml`, or write `# scansion: ignore[rule-id] reason` at the place.

In use
------
`/scansion ignore unpinned-image we build it ourselves`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request
from bot.app.commands.fix import unknown_name
from bot.core.render.inert import prose
from bot.core.render.secrets import scrub
from bot.core.rule import all_rules


async def run(request: Request) -> Answer:
    """Answer: the answer itself is what later checks read."""
    if not request.words:
        return Answer(text="Which rule? `/scansion ignore RULE reason` silences one on this merge request.")
    rule, *reason = request.words
    if rule not in all_rules():
        return Answer(text=unknown_name(rule, all_rules()))
    why = f" Reason: {prose(scrub(' '.join(reason)), 300)}" if reason else ""
    return Answer(text=f"`{rule}` is silent on this merge request; deleting this takes it back.{why}", ignore=rule)


COMMAND = Command(id="ignore", usage="RULE [reason]", run=run)
