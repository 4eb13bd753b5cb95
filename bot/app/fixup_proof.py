"""The proof of a fix-up: its own pipeline. Green makes it ready, red gives the next round."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.app.failures import read_failures
from bot.app.fixup_target import Fixup, FixupTarget
from bot.app.ports import ForgePipeline
from bot.app.snapshots import read_commit
from bot.core.diagnosis import Diagnosis
from bot.core.fixup_plan import FixPlan, Step, plan_fixes
from bot.core.render.contents import Failure
from bot.core.render.fixup import PENDING, FixupState, Run, proof_of, step_line
from bot.core.render.inert import link, prose
from bot.core.render.secrets import scrub
from bot.core.render.verdict import job_names

MAX_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Proof:
    """How a fix-up stands now: its new state, new words for its description, and what is to be amended."""

    state: FixupState
    text: str = ""
    make_ready: bool = False
    make_draft: bool = False
    steps: Sequence[Step] = ()


async def prove(target: FixupTarget, fixup: Fixup) -> Proof:
    """Look at the fix-up's own pipeline and say what follows."""
    request, state = fixup.request, fixup.state
    pipeline = request.head_pipeline
    if pipeline is None or state.ready:
        return Proof(state)
    if pipeline.id == state.judged and not state.given_up:
        return Proof(state)  # GitLab still shows the pipeline of the push before
    if pipeline.status == "success":
        text = proof_of(_run(pipeline), await _run_before(target))
        return Proof(replace(state, ready=True, given_up=False), text, make_ready=request.draft)
    if pipeline.status == "failed" and not state.given_up:
        return await _next_round(target, fixup, pipeline)
    return Proof(state)


async def _run_before(target: FixupTarget) -> Run | None:
    """The failed pipeline that the fix-up is for."""
    if not target.before:
        return None
    seen = target.origin.head_pipeline if target.origin else None
    if seen is None or seen.id != target.before:
        seen = await target.services.forge.pipeline(target.project.id, target.before)
    return _run(seen)


async def _next_round(target: FixupTarget, fixup: Fixup, pipeline: ForgePipeline) -> Proof:
    services, state = target.services, fixup.state
    known = target.snapshot.facts.published
    reading = await read_commit(services, target.project, fixup.request.sha, target.branch, known)
    failures = await read_failures(services, target.project.id, pipeline.id, reading.snapshot)
    if failures.pending:
        return Proof(state)
    tried = (*state.tried, _tried(state.round, _run(pipeline), failures.reasons))
    fresh = [reason.diagnosis for reason in failures.reasons if _is_next(reason, state)]
    plan = FixPlan()
    if state.round < MAX_ROUNDS and fresh:
        check = partial(services.judge.check, policy=reading.policy)
        plan = await asyncio.to_thread(plan_fixes, reading.snapshot, check, diagnoses=_known(fresh))
    if not plan.steps:
        return Proof(
            replace(state, tried=tried, given_up=True, judged=pipeline.id), _given_up(state, failures.reasons)
        )
    state = replace(
        state,
        round=state.round + 1,
        covers=(*state.covers, *plan.covers),
        lines=(*state.lines, *(step_line(step) for step in plan.steps)),
        tried=tried,
        judged=pipeline.id,
    )
    return Proof(state, PENDING, steps=plan.steps)


def _is_next(reason: Failure, state: FixupState) -> bool:
    return reason.diagnosis is not None and reason.diagnosis.signature not in state.covers


def _known(found: Sequence[Diagnosis | None]) -> list[Diagnosis]:
    return [diagnosis for diagnosis in found if diagnosis is not None]


def _tried(number: int, run: Run, reasons: Sequence[Failure]) -> str:
    what = reasons[0] if reasons else None
    name = link(f"pipeline {run.id}", run.url)
    if what is None:
        return f"- Round {number}: {name} failed without a failed job."
    said = prose(scrub(what.diagnosis.message), 200) if what.diagnosis else "no known cause explains it."
    return f"- Round {number}: {name} failed in {job_names(what)}: {said}"


def _given_up(state: FixupState, reasons: Sequence[Failure]) -> str:
    signatures = {reason.diagnosis.signature for reason in reasons if reason.diagnosis}
    cured = "" if signatures & set(state.covers) else " What it was made for no longer fails."
    if state.round >= MAX_ROUNDS:
        return f"**Proof:** none. Its pipeline failed {MAX_ROUNDS} times, and I stop here.{cured}"
    return f"**Proof:** none. Its pipeline fails for a reason that I cannot fix.{cured}"


def _run(pipeline: ForgePipeline) -> Run:
    return Run(pipeline.id, pipeline.web_url, pipeline.status, pipeline.duration_s)
