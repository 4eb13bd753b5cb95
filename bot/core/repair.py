"""Applies the fixes of a report in rounds until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

from bot.core.check import Report
from bot.core.edits.includes import without_merged
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.finding import Finding
from bot.core.fix import Applicability, Edit
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

MAX_ROUNDS = 5
USELESS = "the fix would leave the finding as it is"
Check = Callable[[Snapshot], Report]


@dataclass(frozen=True, kw_only=True)
class Repair:
    """The changed files, the findings whose fixes are in them, and fixes left out with the reason."""

    files: Mapping[str, SourceFile] = field(default_factory=dict)
    applied: tuple[Finding, ...] = ()
    refused: tuple[tuple[Finding, str], ...] = ()


def repair(
    snapshot: Snapshot,
    check: Check,
    *,
    applicabilities: Collection[Applicability] = (Applicability.SAFE,),
    rules: Collection[str] | None = None,
) -> Repair:
    """Apply fixes round by round: those that overlap wait for the next round, when they are planned anew.

    A fix after which its finding still stands is undone and refused.
    """
    files: dict[str, SourceFile] = {}
    applied: dict[str, Finding] = {}
    refused: dict[str, tuple[Finding, str]] = {}
    report = check(snapshot)
    for _ in range(MAX_ROUNDS):
        due = [f for f in report.findings if _is_due(f, applicabilities, rules) and f.fingerprint not in refused]
        changed, done, clashes = _one_round(snapshot, due)
        refused |= {finding.fingerprint: (finding, reason) for finding, reason in clashes}
        if not changed:
            break
        # GitLab merged the includes with the files as they were.
        following = without_merged(replace(snapshot, files={**snapshot.files, **changed}))
        after = check(following)
        useless = _still_standing(done, after)
        refused |= {finding.fingerprint: (finding, USELESS) for finding in useless}
        if useless:
            continue  # plan the round again without them
        files.update(changed)
        applied = {finding.fingerprint: finding for finding in done} | applied
        snapshot, report = following, after
    return Repair(files=files, applied=tuple(applied.values()), refused=tuple(refused.values()))


def _still_standing(done: list[Finding], after: Report) -> list[Finding]:
    left = {(finding.fingerprint, finding.job) for finding in after.findings}
    return [finding for finding in done if (finding.fingerprint, finding.job) in left]


def _is_due(finding: Finding, allowed: Collection[Applicability], rules: Collection[str] | None) -> bool:
    if finding.fix is None or finding.fix.applicability not in allowed:
        return False
    return rules is None or finding.rule in rules


def _one_round(
    snapshot: Snapshot, due: list[Finding]
) -> tuple[dict[str, SourceFile], list[Finding], list[tuple[Finding, str]]]:
    edits: set[Edit] = set()
    changed: dict[str, SourceFile] = {}
    done: list[Finding] = []
    clashes: list[tuple[Finding, str]] = []
    for finding in due:
        fix = finding.fix
        if fix is None or (done and set(fix.edits) <= edits):
            continue  # several jobs share a template: their findings carry the same edits
        try:
            changed = apply_edits(snapshot.files, edits | set(fix.edits))
        except EditRefused as reason:
            if not edits:
                clashes.append((finding, str(reason)))
            continue
        edits |= set(fix.edits)
        done.append(finding)
    return changed, done, clashes
