"""One merge request, made to look as it should: read everything, judge, then write what differs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from bot.app.claims import drop_claim, with_claims
from bot.app.conversation import reconcile_note
from bot.app.fixup import close_fixup
from bot.app.fixup_target import Fixup, FixupResult, FixupTarget, find_fixups, read_fixup
from bot.app.judgement import Judgement, judge
from bot.app.lanes import branch_work, review_of
from bot.app.overlooked import recall_commands
from bot.app.planning import fix
from bot.app.ports import Done, ForgeProject, MergeRequest, Outcome, PermanentForgeError, Retry, Services, User
from bot.app.scene import HeadMovedError, Scene, pen_for
from bot.app.snapshots import read_commit, read_me, read_project
from bot.app.status import set_status
from bot.app.telling import links_of, threads_before, treatments, wanted_threads
from bot.app.threads import reconcile_threads
from bot.app.waiting import report_ends
from bot.core.policy import Policy
from bot.core.render.contents import Contents
from bot.core.snapshot import Snapshot

_ATTEMPTS = 3
_LOG_LAG_S = 15.0


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at an open merge request saw and did."""

    scene: Scene
    judgement: Judgement
    fixup: FixupResult


async def reconcile(services: Services, project_id: int, iid: int, *, pipeline: int = 0) -> Outcome:
    """Make note, threads and fix-up fit the merge request.

    ``pipeline``: one that ended, which counts where it is the merge request's own in another way than by its
    head: of a merge train, or a child.
    """
    for _ in range(_ATTEMPTS):
        try:
            request, me, _ = await _first(services, project_id, iid)
            return await _once(services, me, request, pipeline)
        except HeadMovedError:
            continue
    return Retry(f"!{iid} keeps changing while it is read")


async def look(
    services: Services, project_id: int, iid: int, *, asked: Mapping[int, tuple[str, ...]] | None = None
) -> Looked:
    """Do the same because a person asked: whatever silences the bot does not hold, and the sight is returned.

    ``asked`` are fixes that are asked for by a comment which has no answer yet. Raises HeadMovedError.
    """
    request, me, _ = await _first(services, project_id, iid)
    return await _look(await read_scene(services, me, request, forced=True), 0, asked or {})


async def _first(services: Services, project_id: int, iid: int) -> tuple[MergeRequest, User, ForgeProject]:
    """Read what depends on nothing, at once; who the bot is and its project are remembered."""
    return await asyncio.gather(
        services.forge.merge_request(project_id, iid),
        read_me(services, project_id),
        read_project(services, project_id),
    )


async def _once(services: Services, me: User, request: MergeRequest, pipeline: int) -> Outcome:
    own = read_fixup(request, me)
    if own is not None:
        return await _follow(services, own)
    if request.state != "opened":
        await drop_claim(services, request)
        return await _settle(services, me, request)
    if services.choices.silence_label in request.labels:
        await drop_claim(services, request)
        return Done(f"!{request.iid} carries the silence label")
    looked = await _look(await read_scene(services, me, request), pipeline, {})
    summary = f"!{request.iid}: {len(looked.judgement.open)} open, {looked.scene.pen.writes} writes"
    return Done("; ".join((summary, *looked.judgement.broken)), _counts(looked))


def _counts(looked: Looked) -> tuple[tuple[str, str], ...]:
    diagnoses = [reason.diagnosis for reason in looked.judgement.failures]
    causes = [("diagnosis", diagnosis.cause if diagnosis else "unknown") for diagnosis in diagnoses]
    stands = "proof ended" if looked.fixup.ended else "proof running"
    fixups = [("fixup", stands)] if looked.fixup.iid else []
    faults = [("fault", broken.split(":")[0]) for broken in looked.judgement.broken]
    return (*causes, *fixups, *faults)


async def _look(scene: Scene, pipeline: int, asked: Mapping[int, tuple[str, ...]]) -> Looked:
    judgement = await judge(scene, pipeline, asked)
    fixup = await fix(scene, judgement)
    await _tell(scene, judgement, fixup)
    await report_ends(scene, fixup)
    await recall_commands(scene)
    if judgement.pending:
        await _look_again(scene.services, scene.request)
    return Looked(scene, judgement, fixup)


async def read_scene(services: Services, me: User, request: MergeRequest, *, forced: bool = False) -> Scene:
    """Read everything that a judgement needs."""
    project = await read_project(services, request.project_id)
    reading, discussions = await asyncio.gather(
        read_commit(services, project, request.sha, request.target_branch),
        services.forge.discussions(request.project_id, request.iid),
    )
    snapshot = await with_claims(services, request, reading.snapshot, reading.target_project)
    return Scene(
        services=services,
        me=me,
        project=project,
        request=request,
        reading=replace(reading, snapshot=snapshot),
        discussions=tuple(discussion for discussion in discussions if discussion.notes),
        pen=pen_for(services.forge, request),
        forced=forced,
    )


async def _follow(services: Services, fixup: Fixup) -> Outcome:
    """A fix-up itself is never reviewed: whom it is for is looked at."""
    request, origin = fixup.request, fixup.state.origin
    if request.state == "merged":
        with suppress(PermanentForgeError):  # it is gone already
            await services.forge.delete_branch(request.project_id, request.source_branch)
    item = (
        branch_work(request.project_id, request.target_branch)
        if origin is None
        else review_of(request.project_id, origin)
    )
    await services.queue.add(None, [item])
    return Done(f"!{request.iid} is a fix-up: handed on")


async def _settle(services: Services, me: User, request: MergeRequest) -> Outcome:
    """A merged or closed merge request needs no fix-up any more."""
    fixups = await find_fixups(services, me, request.project_id, request.source_branch)
    open_ones = [item for item in fixups if item.request.state == "opened" and item.state.origin == request.iid]
    for fixup in open_ones:
        target = FixupTarget(
            services=services,
            me=me,
            pen=pen_for(services.forge, request),
            project=await read_project(services, request.project_id),
            branch=request.source_branch,
            sha=request.sha,
            snapshot=Snapshot(files={}),
            policy=Policy(),
            origin=request,
        )
        await close_fixup(target, fixup, f"The merge request that it was for is {request.state}.")
    return Done(f"!{request.iid} is {request.state}")


async def _tell(scene: Scene, judgement: Judgement, fixup: FixupResult) -> None:
    wanted = wanted_threads(scene, judgement, without=fixup.covers | fixup.withheld)
    before = threads_before(judgement, wanted)
    standing = await reconcile_threads(scene, wanted, judgement.diffs, before=before)
    contents = Contents(
        links=links_of(scene),
        files=scene.reading.snapshot.files,
        findings=judgement.findings,
        failures=judgement.failures,
        treatments=treatments(scene, judgement, fixup, standing),
        told=judgement.told,
        fixup=fixup.sentence,
        fixup_iid=fixup.iid or fixup.closed,
        threads=frozenset(key for item in wanted for key in item.keys if item.suggestion or key in before),
        patch=fixup.patch,
        remarks=scene.reading.policy_remarks,
    )
    await reconcile_note(scene, contents)
    await set_status(scene, judgement.report.findings)


async def _look_again(services: Services, request: MergeRequest) -> None:
    """Look again once: a log may be complete some seconds after its job has ended."""
    key = f"again:{request.project_id}:{request.iid}:{request.head_pipeline_id}"
    if await services.memory.get(key) is None:
        await services.memory.set(key, "1", keep_s=3600.0)
        await services.queue.add(None, [review_of(request.project_id, request.iid)], delay_s=_LOG_LAG_S)
