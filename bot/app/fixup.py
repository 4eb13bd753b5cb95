"""The fix-up merge request, reconciled: opened once, proved, amended, closed when nobody needs it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.app.fixup_branch import OWN_PREFIX, Branch, LimitReachedError
from bot.app.fixup_proof import Proof, prove
from bot.app.fixup_target import Fixup, FixupResult, FixupTarget, answered_by, rejected_by
from bot.app.ports import ConflictError, ForbiddenError, MergeRequest, NotFoundError, WorkItem
from bot.core.fixup_plan import FixPlan, digest_of, fingerprint_of
from bot.core.render.fixup import DRAFT, PENDING, FixupState, describe, patch_of, step_line, title_of
from bot.core.render.inert import code, prose
from bot.core.render.marker import digest, marked

_DEBOUNCE_S = 120.0
_KIND = "fixup"
_SCOPE_MARKS = ("insufficient_scope", "higher privileges")
_TOUCHED = "was changed by a person"


async def reconcile_fixup(
    target: FixupTarget, known: Sequence[Fixup], plan: FixPlan, requests: Collection[int]
) -> FixupResult:
    """Make the target's fix-up merge request what the plan calls for."""
    current = next((fixup for fixup in known if fixup.request.state == "opened"), None)
    try:
        if current is not None:
            return await _progress(target, current, plan, requests)
        if not plan.steps:
            return FixupResult(sentence=_refusals(plan))
        if target.is_fork:
            return _as_patch(target, plan, "The source branch is in a fork, where I may not write.")
        return await _open(target, known, plan, requests)
    except LimitReachedError as limit:
        return FixupResult(sentence=str(limit))
    except ForbiddenError as error:
        return _as_patch(target, plan, _missing_right(str(error)))


async def _open(
    target: FixupTarget, known: Sequence[Fixup], plan: FixPlan, requests: Collection[int]
) -> FixupResult:
    fingerprint = fingerprint_of(plan.covers, target.branch)
    what = plan.steps[0].kind if len({step.kind for step in plan.steps}) == 1 else "repair"
    branch = Branch(target.services, target.pen, target.project, f"{OWN_PREFIX}{what}-{fingerprint}", fingerprint)
    _, refusal, (branch, pushed) = await asyncio.gather(
        _check_open_limit(target), _lint(target, plan), branch.begun(plan)
    )
    if refusal:
        return FixupResult(sentence=refusal)
    head = pushed or await branch.push(plan.steps, target.sha, target.known_paths)
    state = FixupState(
        fingerprint=fingerprint,
        covers=plan.covers,
        base=target.sha,
        content=digest_of(plan.files),
        pushed=head.sha,
        title=title_of(plan.steps),
        origin=target.origin.iid if target.origin else None,
        email=head.author_email,
        requests=tuple(sorted(requests)),
        lines=tuple(step_line(step) for step in plan.steps),
        refused=tuple(sorted(rejected_by(known))),
        answered=tuple(sorted(answered_by(known))),
    )
    request = await _create(target, branch.name, state)
    return _told(Fixup(request, state))


async def _create(target: FixupTarget, branch: str, state: FixupState) -> MergeRequest:
    """Create it, or find the one that a killed worker created."""
    await target.pen.ready()
    try:
        return await target.services.forge.create_merge_request(
            target.project.id,
            source=branch,
            target=target.branch,
            title=f"{DRAFT}{state.title}",
            description=_described(target, state, PENDING),
        )
    except ConflictError as error:
        if error.existing is None:
            raise
        return await target.services.forge.merge_request(target.project.id, error.existing)


async def _progress(target: FixupTarget, current: Fixup, plan: FixPlan, requests: Collection[int]) -> FixupResult:
    state = current.state
    if _is_at_rest(state, plan, requests):
        return _told(current)
    if target.services.choices.silence_label in current.request.labels:
        return _left_alone(current, "carries the label that silences me")
    request = current.request
    if not current.whole:
        request = await target.services.forge.merge_request(target.project.id, request.iid)
        current = Fixup(request, state)
    branch = Branch(target.services, target.pen, target.project, request.source_branch, state.fingerprint)
    if await branch.is_touched(state, request.sha):
        return _left_alone(current, _TOUCHED) if plan.steps else FixupResult(iid=request.iid)
    if target.settled and not plan.steps:
        return await _close(target, current, _why_obsolete(target, state))
    if target.settled and digest_of(plan.files) != state.content:
        return await _rebuild(target, current, branch, plan, requests)
    covers = dict.fromkeys((*state.covers, *(plan.covers if target.settled else ())))
    asked = replace(state, requests=tuple(sorted({*state.requests, *requests})), covers=tuple(covers))
    return await _prove(target, current, branch, asked)


def _why_obsolete(target: FixupTarget, state: FixupState) -> str:
    if target.open_now & set(state.covers):
        return "A suggestion in the merge request's diff does the same."
    return "What it fixes is gone from the branch."


def _is_at_rest(state: FixupState, plan: FixPlan, requests: Collection[int]) -> bool:
    """Whether nothing can follow, so that it need not be read again."""
    known = set(requests) <= set(state.requests) and set(plan.covers) <= set(state.covers)
    return state.ready and known and digest_of(plan.files) == state.content


async def _prove(target: FixupTarget, current: Fixup, branch: Branch, asked: FixupState) -> FixupResult:
    proof = await prove(target, Fixup(current.request, asked))
    state = proof.state
    if proof.steps:
        known = target.known_paths | frozenset(path for step in proof.steps for path in step.files)
        head = await branch.push(proof.steps, current.request.sha, known)
        state = replace(state, pushed=head.sha)
    if state != current.state or proof.make_ready:
        current = Fixup(await _write(target, current, state, proof), state)
    return _told(current)


async def _write(target: FixupTarget, current: Fixup, state: FixupState, proof: Proof) -> MergeRequest:
    """Write the description's new state; a description or title that a person edited keeps its words."""
    request = current.request
    keeps = current.was_edited or not proof.text
    text = current.text if keeps else _text(target, state, proof.text)
    kept = replace(state, digest=current.state.digest if current.was_edited else digest(text))
    fields = {"description": marked(_KIND, text, kept)}
    if proof.make_ready:
        fields["title"] = current.title
    if proof.make_draft:  # built anew: it holds other fixes, and proves nothing yet
        title = state.title if current.title == current.state.title else current.title
        fields["title"] = f"{DRAFT}{title}"
    await target.pen.ready()
    return await target.services.forge.update_merge_request(target.project.id, request.iid, fields)


async def _rebuild(
    target: FixupTarget, current: Fixup, branch: Branch, plan: FixPlan, requests: Collection[int]
) -> FixupResult:
    services = target.services
    key = f"rebuilt:{target.project.id}:{current.request.iid}"
    if await services.memory.get(key) is not None and target.origin is not None:
        iid = target.origin.iid
        again = WorkItem(
            kind="review",
            lane=f"mr:{target.project.id}:{iid}",
            payload={"project_id": target.project.id, "iid": iid},
            coalesce="review",
        )
        await services.queue.add(None, [again], delay_s=_DEBOUNCE_S)
        return _told(current)
    refusal = await _lint(target, plan)
    if refusal:
        return FixupResult(sentence=refusal, iid=current.request.iid)
    head = await branch.push(plan.steps, target.sha, target.known_paths)
    await services.memory.set(key, "1", keep_s=_DEBOUNCE_S)
    state = replace(
        current.state,
        covers=plan.covers,
        base=target.sha,
        content=digest_of(plan.files),
        pushed=head.sha,
        title=title_of(plan.steps),
        round=1,
        requests=tuple(sorted({*current.state.requests, *requests})),
        lines=tuple(step_line(step) for step in plan.steps),
        tried=(),
        judged=current.request.head_pipeline_id or 0,
        ready=False,
        given_up=False,
    )
    request = await _write(target, current, state, Proof(state, PENDING, make_draft=True))
    return _told(Fixup(request, state))


async def close_fixup(target: FixupTarget, current: Fixup, reason: str) -> FixupResult:
    """Close a fix-up that nobody needs, unless a person has worked on it."""
    if target.services.choices.silence_label in current.request.labels:
        return FixupResult(iid=current.request.iid)
    branch = Branch(
        target.services, target.pen, target.project, current.request.source_branch, current.state.fingerprint
    )
    if await branch.is_touched(current.state, current.request.sha):
        return _left_alone(current, _TOUCHED)
    return await _close(target, current, reason)


async def _close(target: FixupTarget, current: Fixup, reason: str) -> FixupResult:
    """Delete the branch first: if the worker dies in between, the open merge request is found and closed."""
    forge = target.services.forge
    await target.pen.ready()
    with contextlib.suppress(NotFoundError):
        await forge.delete_branch(target.project.id, current.request.source_branch)
    state = replace(current.state, obsolete=reason)
    text = f"**Closed:** {reason}\n\n{current.text}"
    fields = {"description": marked(_KIND, text, replace(state, digest=digest(text))), "state_event": "close"}
    await forge.update_merge_request(target.project.id, current.request.iid, fields)
    return FixupResult()


def _left_alone(current: Fixup, why: str) -> FixupResult:
    sentence = f"{current.link} {why}; I leave it alone."
    return FixupResult(sentence, current.request.iid, withheld=frozenset(current.state.covers))


async def _check_open_limit(target: FixupTarget) -> None:
    limit = target.services.choices.open_fixups_per_project
    found = await target.services.forge.merge_requests(target.project.id, state="opened", author_id=target.me.id)
    if sum(request.source_branch.startswith(OWN_PREFIX) for request in found) >= limit:
        raise LimitReachedError(
            f"{limit} fix-up merge requests are open in this project already; the fix waits until one is done."
        )


async def _lint(target: FixupTarget, plan: FixPlan) -> str:
    """Return GitLab's refusal of the changed CI file as a sentence, empty where it takes it."""
    changed = plan.files.get(target.snapshot.ci_path)
    if changed is None:
        return ""
    result = await target.services.forge.lint(target.project.id, changed.text, target.branch)
    if result.valid:
        return ""
    reason = code(result.errors[0] if result.errors else "no reason given")
    return f"GitLab's CI lint refuses the fix, so it is not proposed: {reason}."


def _as_patch(target: FixupTarget, plan: FixPlan, why: str) -> FixupResult:
    patch = patch_of(target.snapshot.files, plan.files)
    elsewhere = "`scansion fix` in a checkout makes the fix; it is too long for a note."
    what = "The fix is here as a patch." if patch else elsewhere
    return FixupResult(sentence=f"{why} {what}", patch=patch)


def _missing_right(reason: str) -> str:
    """What keeps the bot from writing, and who can change it; GitLab's own words are for that person."""
    who = "a Maintainer of this project can change that"
    if any(mark in reason for mark in _SCOPE_MARKS):
        lack = "my token lacks the scope `api`; whoever runs this bot can give me another"
    elif "not allowed to" in reason:
        lack = f"branches named `{OWN_PREFIX}…` are protected, and I may not push to them; {who}"
    else:
        lack = f"I need the role Developer here, and a token with the scope `api`; {who}"
    return f"I may not write the fix to a branch: {lack} ({prose(reason, 200)})."


def _described(target: FixupTarget, state: FixupState, proof: str) -> str:
    text = _text(target, state, proof)
    return marked(_KIND, text, replace(state, digest=digest(text)))


def _text(target: FixupTarget, state: FixupState, proof: str) -> str:
    return describe(state, target.about, proof)


def _told(fixup: Fixup) -> FixupResult:
    ended = fixup.state.ready or fixup.state.given_up
    covers = () if fixup.state.given_up else fixup.state.covers
    return FixupResult(fixup.sentence, fixup.request.iid, frozenset(covers), ended)


def _refusals(plan: FixPlan) -> str:
    return " ".join(prose(reason) for reason in plan.refused)
