"""A branch without a merge request: its own failure, its own fix-up, perhaps a comment on the commit."""

from __future__ import annotations

import asyncio
from functools import partial

from bot.app.failures import FINISHED, read_failures
from bot.app.fixup import reconcile_fixup
from bot.app.fixup_target import FixupResult, FixupTarget, find_fixups, rejected_by
from bot.app.ports import Done, ForgePipeline, ForgeProject, NotFoundError, Outcome, Services
from bot.app.scene import HeadMovedError, Pen
from bot.app.snapshots import Reading, read_commit, read_me, read_project
from bot.core.fixup_plan import FixPlan, plan_fixes
from bot.core.policy import FixUps
from bot.core.render.contents import Contents, Failure, Links
from bot.core.render.note import read_note, render_note, same_text


async def reconcile_branch(services: Services, project_id: int, branch: str) -> Outcome:
    """Make the branch's fix-up fit its newest finished pipeline."""
    project = await read_project(services, project_id)
    try:
        head, _ = await services.forge.branch(project_id, branch)
    except NotFoundError:
        return Done(f"`{branch}` is gone")
    pipelines = await services.forge.pipelines(project_id, ref=branch, sha=head.sha)
    finished = next((pipeline for pipeline in pipelines if pipeline.status in FINISHED), None)
    if finished is None:
        return Done(f"`{branch}` has no finished pipeline")
    reading = await read_commit(services, project, head.sha, project.default_branch)
    failures: tuple[Failure, ...] = ()
    if finished.status == "failed" and reading.policy.diagnose:
        failures = (await read_failures(services, project_id, finished.id, reading.snapshot)).reasons
    result = FixupResult()
    try:
        if branch == project.default_branch:
            result = await _fix(services, project, reading, finished, failures)
    except HeadMovedError:
        return Done(f"`{branch}` moved on: its next pipeline will tell")
    if failures:
        await _comment(services, project, reading, finished, failures, result)
    return Done(f"`{branch}`: {len(failures)} failures")


async def _fix(
    services: Services,
    project: ForgeProject,
    reading: Reading,
    pipeline: ForgePipeline,
    failures: tuple[Failure, ...],
) -> FixupResult:
    me = await read_me(services, project.id)
    known = await find_fixups(services, me, project.id, pipeline.ref)
    rejected = rejected_by(known)
    cures = [reason.diagnosis for reason in failures if reason.diagnosis and reason.diagnosis.certain_fix]
    cures = [cure for cure in cures if cure.signature not in rejected]
    plan = FixPlan()
    if cures and reading.policy.fix_ups is FixUps.AUTOMATIC:
        check = partial(services.judge.check, policy=reading.policy)
        plan = await asyncio.to_thread(plan_fixes, reading.snapshot, check, diagnoses=cures)
    target = FixupTarget(
        services=services,
        me=me,
        pen=_pen(services, project, pipeline),
        project=project,
        branch=pipeline.ref,
        sha=pipeline.sha,
        snapshot=reading.snapshot,
        policy=reading.policy,
        before=pipeline.id if pipeline.status == "failed" else 0,
    )
    return await reconcile_fixup(target, known, plan, ())


def _pen(services: Services, project: ForgeProject, seen: ForgePipeline) -> Pen:
    async def still_there() -> bool:
        head, _ = await services.forge.branch(project.id, seen.ref)
        return head.sha == seen.sha

    return Pen(still_there)


async def _comment(
    services: Services,
    project: ForgeProject,
    reading: Reading,
    pipeline: ForgePipeline,
    failures: tuple[Failure, ...],
    fixup: FixupResult,
) -> None:
    """Comment on the commit, once and only where policy says so."""
    wanted = reading.policy.commit_comments
    if not (services.choices.commit_comments if wanted is None else wanted):
        return
    links = Links(project.web_url, pipeline.sha, services.choices.pages_url)
    body = render_note(Contents(links=links, failures=failures, fixup=fixup.sentence), None)
    me = await read_me(services, project.id)
    for note in await services.forge.commit_comments(project.id, pipeline.sha):
        if note.author.id == me.id and (read_note(note.body) or same_text(note.body, body)):
            return
    await services.forge.comment_on_commit(project.id, pipeline.sha, body)
