"""What is found on a merge request, before it is decided what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.app.asked import Asked, read_asked
from bot.app.blame import with_faults
from bot.app.conversation import find_note
from bot.app.diffs import read_diffs
from bot.app.failures import FINISHED, Failures, diagnose_jobs
from bot.app.learning import want_green_runs
from bot.app.pipeline_jobs import read_jobs
from bot.app.ports import FileDiff, MergeRequest, NotFoundError
from bot.app.refused_pipeline import refused_failure
from bot.app.scene import Scene
from bot.core.check import Report
from bot.core.decision import Decision, Grounds, decide_all
from bot.core.diagnosis import Diagnosis
from bot.core.finding import Finding
from bot.core.folding import folded, with_others
from bot.core.policy import Policy
from bot.core.render.contents import Failure, Told
from bot.core.render.note import NoteState

_CHILD = "parent_pipeline"
_TRAIN = "/train"


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Findings and failures, and the way of each, by fingerprint and signature.

    ``folded`` maps the fingerprint of a finding to the signature of the failure that tells the same: they go one
    way. ``current``: the failures are those of the head; else a push may have cured them since. ``pending``: a log
    was not complete yet. ``broken`` are faults of our own, for the operator.
    """

    policy: Policy
    report: Report
    failures: tuple[Failure, ...]
    told: Told
    current: bool
    pending: bool
    broken: tuple[str, ...]
    folded: Mapping[str, str]
    decisions: Mapping[str, Decision]
    diffs: Mapping[str, FileDiff]
    asked: Asked
    before: NoteState | None

    @property
    def open(self) -> frozenset[str]:
        """Fingerprints and signatures of all that is wrong now."""
        signatures = {diagnosis.signature for diagnosis in self.diagnoses}
        return frozenset(signatures | {finding.fingerprint for finding in self.report.findings})

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """Why the pipeline failed, as far as it is known."""
        return tuple(reason.diagnosis for reason in self.failures if reason.diagnosis)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be told besides the failures."""
        return tuple(finding for finding in self.report.findings if finding.fingerprint not in self.folded)

    def keys_of(self, diagnosis: Diagnosis) -> tuple[str, ...]:
        """Everything that one failure is known by: the findings that foretold it come first."""
        foretold = (key for key, signature in self.folded.items() if signature == diagnosis.signature)
        return (*foretold, diagnosis.signature)

    def with_failures(self, keys: AbstractSet[str]) -> frozenset[str]:
        """Add the failures that findings among the keys foretold: what cures these cures those."""
        return frozenset(keys | {self.folded[key] for key in keys if key in self.folded})

    def decision_of(self, finding: Finding) -> Decision:
        """The way of a finding: that of its failure, where it has one."""
        return self.decisions[self.folded.get(finding.fingerprint, finding.fingerprint)]


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
    report, (told, failures) = await asyncio.gather(
        asyncio.to_thread(scene.services.judge.check, scene.reading.snapshot, policy),
        _diagnose(scene, before, pipeline),
    )
    await want_green_runs(scene.services, scene.project.id, report)
    diffs = await _diffs(scene, report, failures)
    lines = {path: diff.added | diff.old_line_of.keys() for path, diff in diffs.items()}
    current = scene.request.head_pipeline_status == "failed"
    grounds = Grounds(policy, scene.reading.snapshot.files, lines, quiet=scene.request.draft, failing=current)
    same = folded(report.findings, failures.reasons)
    return Judgement(
        policy=policy,
        report=report,
        failures=tuple(with_others(reason, report.findings, same) for reason in failures.reasons),
        told=told,
        current=current,
        pending=failures.pending,
        broken=(*(f"rule {entry.rule}: {entry.reason}" for entry in report.failed), *failures.broken),
        folded=same,
        decisions=decide_all(report.findings, failures.reasons, same, grounds),
        diffs=diffs,
        asked=asked,
        before=before,
    )


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
    request, head = scene.request, scene.request.head_pipeline
    if head and head.id == pipeline and head.yaml_errors:
        return Failures((refused_failure(head),))
    for project_id in dict.fromkeys((request.target_project_id, request.source_project_id)):
        try:
            if project_id is not None:
                jobs = await read_jobs(scene.services, project_id, pipeline, _updated_at(request, pipeline))
                found = await diagnose_jobs(scene.services, project_id, jobs, scene.reading.snapshot)
                return replace(found, reasons=await with_faults(scene, pipeline, found.reasons, jobs))
        except NotFoundError:
            continue  # the pipeline of a fork runs in the fork
    return Failures()


def _updated_at(request: MergeRequest, pipeline: int) -> str:
    head = request.head_pipeline
    return head.updated_at if head and head.id == pipeline else ""


async def _diffs(scene: Scene, report: Report, failures: Failures) -> Mapping[str, FileDiff]:
    """Read the diff only where a suggestion may come of it."""
    fixable = any(finding.fix for finding in report.findings) or any(
        reason.diagnosis and reason.diagnosis.offered_fix for reason in failures.reasons
    )
    return await read_diffs(scene) if fixable and scene.reading.policy.threads else {}
