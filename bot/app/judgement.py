"""What is found on a merge request, before it is decided what to do about it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from bot.app.asked import Asked, read_asked
from bot.app.conversation import find_note
from bot.app.diffs import read_diffs
from bot.app.failed_pipelines import tell_failures
from bot.app.learning import want_green_runs
from bot.app.ports import FileDiff
from bot.app.scene import Scene
from bot.core.check import Report
from bot.core.decision import Decision, Grounds, decide_all
from bot.core.diagnosis import Diagnosis
from bot.core.finding import Finding
from bot.core.folding import folded, with_others
from bot.core.policy import Policy
from bot.core.render.contents import Failure, Told
from bot.core.render.note import NoteState, was_edited


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
    edited: bool  # the note, by a person

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
    edited = found is not None and was_edited(found[0].body, found[1])
    policy = scene.reading.policy
    policy = replace(policy, disabled_rules=policy.disabled_rules | asked.ignored)
    (report, diffs), (told, failures) = await asyncio.gather(
        _review(scene, policy), tell_failures(scene, before, pipeline)
    )
    await want_green_runs(scene.services, scene.project.id, report, failures.reasons)
    if not diffs and any(reason.diagnosis and reason.diagnosis.offered_fix for reason in failures.reasons):
        diffs = await read_diffs(scene)
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
        edited=edited,
    )


async def _review(scene: Scene, policy: Policy) -> tuple[Report, Mapping[str, FileDiff]]:
    """Run the rules; the diff is read only where a suggestion may come of it."""
    report = await asyncio.to_thread(scene.services.judge.check, scene.reading.snapshot, policy)
    return report, await read_diffs(scene) if any(finding.fix for finding in report.findings) else {}
