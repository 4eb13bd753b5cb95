"""Say why the newest pipeline failed.

What it does
------------
Reads the logs of the failed jobs, or of the one that is named, and answers with the reason and the line that
shows it.

In use
------
`/scansion diagnose`

`/scansion diagnose test`
"""

from __future__ import annotations

from bot.app.command import Answer, Command, Request
from bot.app.reconcile import look
from bot.core.render.contents import Failure
from bot.core.render.inert import code, link, prose
from bot.core.render.secrets import scrub
from bot.core.render.verdict import job_names

_SHOWN = 5


async def run(request: Request) -> Answer:
    """Look, and answer with the failures."""
    looked = await look(request.services, *request.address)
    status = looked.scene.request.head_pipeline_status
    name = " ".join(request.words)
    failures = [reason for reason in looked.judgement.failures if not name or _has(reason, name)]
    if failures:
        return Answer(text="\n".join(_line(reason) for reason in failures[:_SHOWN]))
    if name:
        return Answer(text=f"The newest pipeline has no failed job {code(scrub(name), 60)}.")
    if not status:
        return Answer(text="No pipeline has run for the head of this merge request.")
    return Answer(text=f"The newest pipeline has no failed job that counts: it is {code(status, 40)}.")


def _has(reason: Failure, name: str) -> bool:
    return any(job.name == name for job in reason.jobs)


def _line(reason: Failure) -> str:
    names = job_names(reason)
    if reason.diagnosis is None:
        return f"- {names}: no known cause explains it."
    first = reason.evidence[0].line if reason.evidence else 1
    where = link(f"line {first}", f"{reason.jobs[0].url}#L{first}")
    return f"- {names}, {where}: {prose(scrub(reason.diagnosis.message))}"


COMMAND = Command(id="diagnose", usage="[JOB]", run=run)
