"""Plans what the fix-up of a merge request should hold, and makes it so."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from bot.app.asked import ALL, BUMP
from bot.app.failures import FINISHED
from bot.app.fixup import reconcile_fixup
from bot.app.fixup_target import Fixup, FixupResult, FixupTarget, is_rejected, known_fixups, rejected_by
from bot.app.judgement import Judgement
from bot.app.scene import Scene
from bot.core.decision import Way
from bot.core.diagnosis import Diagnosis
from bot.core.finding import Finding
from bot.core.fixup_plan import FixPlan, plan_fixes


async def fix(scene: Scene, judgement: Judgement) -> FixupResult:
    """Plan and reconcile the fix-up. Nothing is asked of GitLab where there is none and none is wanted."""
    certain = any(decision.way is Way.FIX_UP for decision in judgement.decisions.values())
    automatic = certain and not scene.is_empty
    last = judgement.before.fixup if judgement.before else 0
    if not (automatic or judgement.asked.fixes or last):
        return FixupResult()
    known = await known_fixups(scene.services, scene.me, scene.project.id, scene.request.source_branch, last)
    requests = judgement.asked.open_requests(known)
    asked = frozenset(rule for rules in requests.values() for rule in rules)
    plan = await _plan(scene, judgement, known, asked)
    result = await reconcile_fixup(target_of(scene, judgement), known, plan, requests)
    if result.sentence or plan.steps:
        return result
    return _closed_means_no(known, judgement)


def target_of(scene: Scene, judgement: Judgement) -> FixupTarget:
    """Return the merge request's branch as what is to be fixed."""
    request = scene.request
    return FixupTarget(
        services=scene.services,
        me=scene.me,
        pen=scene.pen,
        project=scene.project,
        branch=request.source_branch,
        sha=request.sha,
        snapshot=scene.reading.snapshot,
        policy=judgement.policy,
        origin=request,
        before=judgement.told.head,
        settled=_is_settled(scene, judgement),
        open_now=judgement.open,
    )


def _is_settled(scene: Scene, judgement: Judgement) -> bool:
    """Whether the head's pipeline has said all. A push may be seen before its pipeline is there.

    A draft is not settled by itself: what was begun goes on, nothing new begins.
    """
    if scene.request.draft and not judgement.asked.fixes:
        return False
    if judgement.pending:
        return False
    if scene.request.head_pipeline_id is None:
        return not judgement.told.head
    return scene.request.head_pipeline_status in FINISHED


async def _plan(scene: Scene, judgement: Judgement, known: Sequence[Fixup], asked: Collection[str]) -> FixPlan:
    version = next((word.removeprefix(BUMP) for word in sorted(asked) if word.startswith(BUMP)), "")
    named = frozenset(word for word in asked if word != ALL and not word.startswith(BUMP))
    rejected = rejected_by(known)
    rules = {
        finding.rule
        for finding in judgement.report.findings
        if (finding.fix and ALL in asked) or _is_automatic(judgement, finding, rejected)
    }
    cures = [cure for cure in judgement.diagnoses if _is_due(judgement, cure, asked, rejected)]
    cures = cures if judgement.current else []
    if not (rules | named or cures or version):
        return FixPlan()
    check = partial(scene.services.judge.check, policy=judgement.policy)
    work = partial(plan_fixes, diagnoses=cures, rules=rules | named, unsafe=named, version=version)
    return await asyncio.to_thread(work, scene.reading.snapshot, check)


def _is_automatic(judgement: Judgement, finding: Finding, rejected: AbstractSet[str]) -> bool:
    return judgement.decision_of(finding).way is Way.FIX_UP and finding.fingerprint not in rejected


def _is_due(judgement: Judgement, cure: Diagnosis, asked: Collection[str], rejected: AbstractSet[str]) -> bool:
    if ALL in asked or cure.cause in asked:
        return True
    return judgement.decisions[cure.signature].way is Way.FIX_UP and rejected.isdisjoint(judgement.keys_of(cure))


def _closed_means_no(known: Sequence[Fixup], judgement: Judgement) -> FixupResult:
    rejected = rejected_by(known) & judgement.open
    for fixup in known:
        if is_rejected(fixup) and rejected & set(fixup.state.covers):
            sentence = f"{fixup.link} was closed, so this is not proposed again; `/scansion fix` does."
            return FixupResult(sentence, withheld=rejected, closed=fixup.request.iid)
    return FixupResult()
