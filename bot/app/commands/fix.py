"""Open a merge request with the fixes.

What it does
------------
Without a name it makes every fix that is certain; with the names of rules or causes just theirs, those that a
person should read first included. A fix that was suggested in the diff moves there too. The fixes come as one
merge request into this one's branch, a draft until its own pipeline is green. Where the bot cannot write a branch,
the note gets the fix as a patch.

In use
------
`/scansion fix`

`/scansion fix uncached-install`
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from bot.app.asked import ALL
from bot.app.command import Answer, Command, Request
from bot.app.reconcile import Looked, look
from bot.core.cause import all_causes
from bot.core.render.inert import code, prose
from bot.core.render.secrets import scrub
from bot.core.rule import all_rules


async def run(request: Request) -> Answer:
    """Reconcile with the request in mind, and answer with what came of it."""
    names = [*all_rules(), *all_causes()]
    unknown = [word for word in request.words if word not in names]
    if unknown:
        return Answer(text=unknown_name(unknown[0], names))
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
    judgement = looked.judgement
    refused = {(finding.rule, finding.fix_refused) for finding in judgement.report.findings}
    refused |= {(diagnosis.cause, diagnosis.fix_refused) for diagnosis in judgement.diagnoses}
    reasons = [f"\n- {code(name)}: {prose(reason)}." for name, reason in sorted(refused) if reason]
    return "".join(("There is nothing here that I can fix for certain.", "\n" if reasons else "", *reasons))


def unknown_name(name: str, names: Iterable[str]) -> str:
    """Say that there is no such rule, and which name is near."""
    near = difflib.get_close_matches(name, list(names), 1)
    hint = f" Did you mean `{near[0]}`?" if near else ""
    return f"There is no rule {code(scrub(name), 60)}.{hint}"


COMMAND = Command(id="fix", usage="[RULE...]", run=run)
