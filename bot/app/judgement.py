"""What is found on a merge request, before it is decided what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.app.asked import Asked, read_asked
from bot.app.blame import with_faults
from bot.app.conversation import find_note
from bot.app.failures import FINISHED, Failures, read_failures
from bot.app.learning import want_green_runs
from bot.app.ports import FileDiff, NotFoundError
from bot.app.scene import Scene
from bot.core.check import Report
from bot.core.decision import Decision, decide
from bot.core.policy import Policy
from bot.core.render.contents import Failure, Told
from bot.core.render.note import NoteState

LARGE_DIFF = 300
_CHILD = "parent_pipeline"
_TRAIN = "/train"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Findings and failures, and the way of each. ``pending``: a log was not complete yet.

    ``broken`` are faults of our own, for the operator.
    """

    policy: Policy
    report: Report
    failures: tuple[Failure, ...]
    told: Told
    pending: bool
    broken: tuple[str, ...]
    decisions: Mapping[str, Decision]
    diffs: Mapping[str, FileDiff]
    asked: Asked
    before: NoteState | None

    @property
    def open(self) -> frozenset[str]:
        """Fingerprints and signatures of all that is wrong now."""
        signatures = {reason.diagnosis.signature for reason in self.failures if reason.diagnosis}
        return frozenset(signatures | {finding.fingerprint for finding in self.report.findings})


async def judge(scene: Scene, pipeline: int, fixes: Mapping[int, tuple[str, ...]]) -> Judgement:
    """Run the rules and read the failed logs. ``pipeline`` is one that ended, 0 where none is known.

    ``fixes`` are asked for by comments that have no answer yet.
    """
    asked = read_asked(scene)
    asked = replace(asked, fixes={**asked.fixes, **fixes})
    found = await find_note(scene)
    before = found[1] if found else None
    policy = scene.reading.policy
    policy = replace(policy, disabled_rules=policy.disabled_rules | asked.ignored)
    (report, diffs), (told, failures) = await asyncio.gather(
        _review(scene, policy), _diagnose(scene, before, pipeline)
    )
    await want_green_runs(scene.services, scene.project.id, report)
    lines = {path: diff.added | diff.old_line_of.keys() for path, diff in diffs.items()}
    files = scene.reading.snapshot.files
    return Judgement(
        policy=policy,
        report=report,
        failures=failures.reasons,
        told=told,
        pending=failures.pending,
        broken=(*(f"rule {entry.rule}: {entry.reason}" for entry in report.failed), *failures.broken),
        decisions={
            finding.fingerprint: decide(finding, policy, files, lines, quiet=scene.request.draft)
            for finding in report.findings
        },
        diffs=diffs,
        asked=asked,
        before=before,
    )


async def _review(scene: Scene, policy: Policy) -> tuple[Report, dict[str, FileDiff]]:
    report = await asyncio.to_thread(scene.services.judge.check, scene.reading.snapshot, policy)
    return report, await _diffs(scene, report)


async def _diagnose(scene: Scene, before: NoteState | None, pipeline: int) -> tuple[Told, Failures]:
    told = await _told(scene, before, pipeline)
    return told, await _failures(scene, told)


async def _told(scene: Scene, before: NoteState | None, pipeline: int) -> Told:
    """Which failed pipelines count: the head's; while that one runs, what the note tells already stands."""
    request = scene.request
    if not scene.reading.policy.diagnose:
        return Told()
    extra = before.told.extra if before and before.told.at == request.sha else ()
    if pipeline and pipeline not in (request.head_pipeline_id, *extra) and await _is_extra(scene, pipeline):
        extra = (*extra, pipeline)
    head = 0
    if request.head_pipeline_status == "failed":
        head = request.head_pipeline_id or 0
    elif request.head_pipeline_status not in FINISHED and before:
        head = before.told.head
    return Told(head, extra, request.sha if extra else "")


async def _is_extra(scene: Scene, pipeline_id: int) -> bool:
    """Whether a failed pipeline is of a merge train or a child: never the head's, yet this change's."""
    try:
        pipeline = await scene.services.forge.pipeline(scene.project.id, pipeline_id)
    except NotFoundError:
        return False
    ours = pipeline.source == _CHILD and pipeline.sha == scene.request.sha
    return pipeline.status == "failed" and (ours or pipeline.ref.endswith(_TRAIN))


async def _failures(scene: Scene, told: Told) -> Failures:
    parts = [await _failures_of(scene, pipeline) for pipeline in (told.head, *told.extra) if pipeline]
    reasons = tuple(reason for part in parts for reason in part.reasons)
    broken = tuple(fault for part in parts for fault in part.broken)
    return Failures(reasons, any(part.pending for part in parts), broken)


async def _failures_of(scene: Scene, pipeline: int) -> Failures:
    request = scene.request
    for project_id in dict.fromkeys((request.target_project_id, request.source_project_id)):
        try:
            if project_id is not None:
                found = await read_failures(scene.services, project_id, pipeline, scene.reading.snapshot)
                return replace(found, reasons=await with_faults(scene, pipeline, found.reasons))
        except NotFoundError:
            continue  # the pipeline of a fork runs in the fork
    return Failures()


async def _diffs(scene: Scene, report: Report) -> dict[str, FileDiff]:
    """Read the diff only where a suggestion may come of it: a huge one never."""
    request = scene.request
    fixable = any(finding.fix for finding in report.findings)
    large = request.changed_files is not None and request.changed_files > LARGE_DIFF
    if not fixable or large or request.draft or request.diff_refs is None or not scene.reading.policy.threads:
        return {}
    diffs = await scene.services.forge.merge_request_diffs(*scene.address)
    return {diff.new_path: diff for diff in diffs if not diff.deleted_file}
