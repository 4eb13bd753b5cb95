"""Explain a rule, a cause or a command.

What it does
------------
Answers with the page of that name.

In use
------
`/scansion explain uncached-install`
"""

from __future__ import annotations

import difflib

from bot.app.command import Answer, Command, Request, all_commands
from bot.core.cause import Cause, all_causes
from bot.core.page import Page
from bot.core.render.inert import code
from bot.core.render.secrets import scrub
from bot.core.rule import Rule, all_rules


async def run(request: Request) -> Answer:
    """Answer with the page."""
    name = request.words[0] if request.words else "explain"
    known: dict[str, Command | Cause | Rule] = {**all_commands(), **all_causes(), **all_rules()}
    if name not in known:
        near = difflib.get_close_matches(name, list(known), 1)
        hint = f" Did you mean `{near[0]}`?" if near else ""
        return Answer(text=f"There is no rule, cause or command {code(scrub(name), 60)}.{hint}")
    return Answer(text=_markdown(name, known[name].page))


def _markdown(name: str, page: Page) -> str:
    sections = "\n\n".join(f"**{title}**\n\n{body}" for title, body in page.sections.items())
    return (
        f"**`{name}`**: {page.summary}\n\n<details><summary>The whole page</summary>\n\n{sections}\n\n</details>"
    )


COMMAND = Command(id="explain", usage="ID", run=run)
