"""Open a merge request with the fixes.

What it does
------------
Without a rule it makes every fix that is certain; with rules just theirs, those that a person should read
first included. The fixes come as one merge request into this one's branch, a draft until its own pipeline is
green. Where the bot cannot write a branch, the note gets the fix as a patch.

In use
------
`/scansion fix`

`/scansion fix uncached-install`
"""

from __future__ import annotations

import difflib

from bot.app.asked import ALL
from bot.app.command import Answer, Command, Request
from bot.app.reconcile import Looked, look
from bot.core.render.inert import code, prose
from bot.core.render.secrets import scrub
from bot.core.rule import all_rules


async def run(request: Request) -> Answer:
    """Reconcile with the request in mind, and answer with what came of it."""
    unknown = [word for word in request.words if word not in all_rules()]
    if unknown:
        return Answer(text=unknown_rule(unknown[0]))
    rules = request.words or (ALL,)
    looked = await look(request.services, *request.address, asked={request.note.id: rules})
    return answer(looked, rules)


def answer(looked: Looked, rules: tuple[str, ...]) -> Answer:
    """Say what came of asking for fixes."""
    result = looked.fixup
    if result.iid is not None:
        return Answer(text=result.sentence, fix=rules, fixup=0 if result.ended else result.iid)
    if result.patch:
        return Answer(text=f"{result.sentence} It stands in the note.", fix=rules)
    if result.sentence:  # a limit, or GitLab's refusal: later reviews try again
        return Answer(text=result.sentence, fix=rules)
    return Answer(text=_nothing(looked))


def _nothing(looked: Looked) -> str:
    refused = {finding.fix_refused for finding in looked.judgement.report.findings if finding.fix_refused}
    reasons = " ".join(prose(reason) for reason in sorted(refused))
    return f"There is nothing here that I can fix for certain. {reasons}".rstrip()


def unknown_rule(name: str) -> str:
    """Say that there is no such rule, and which one is near."""
    near = difflib.get_close_matches(name, list(all_rules()), 1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"There is no rule {code(scrub(name), 60)}.{hint}"


COMMAND = Command(id="fix", usage="[RULE...]", run=run)
