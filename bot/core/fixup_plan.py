"""What a fix-up merge request changes: steps, one a kind of fix, each with the files as they are after it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.check import Report
from bot.core.diagnosis import Diagnosis
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.finding import Finding
from bot.core.fix import Applicability, Edit
from bot.core.python.project import read_project
from bot.core.repair import repair
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

Check = Callable[[Snapshot], Report]


@dataclass(frozen=True, slots=True)
class Step:
    """One commit: its title, why it is there, and the changed files."""

    kind: str
    title: str
    reason: str
    files: Mapping[str, SourceFile]


@dataclass(frozen=True, kw_only=True)
class FixPlan:
    """The steps in order. ``covers`` are the fingerprints and signatures that they cure.

    ``refused`` are sentences: a fix that is known and was not made, with the reason.
    """

    steps: tuple[Step, ...] = ()
    covers: tuple[str, ...] = ()
    refused: tuple[str, ...] = field(default=())

    @property
    def files(self) -> dict[str, SourceFile]:
        """The changed files after the last step."""
        changed: dict[str, SourceFile] = {}
        for step in self.steps:
            changed.update(step.files)
        return changed


def plan_fixes(
    snapshot: Snapshot,
    check: Check,
    *,
    diagnoses: Sequence[Diagnosis] = (),
    rules: Collection[str] = (),
    unsafe: Collection[str] = (),
    version: str = "",
) -> FixPlan:
    """Plan the certain fixes of diagnoses first, then those of rules (of ``unsafe`` ids also the unsafe).

    ``version`` is the one that the project shall have, empty to leave it.
    """
    steps, covers, refused = _of_diagnoses(snapshot, diagnoses, unsafe)
    if version:
        _add_bump(snapshot, version, steps, covers, refused)
    files = {**snapshot.files, **_last(steps)}
    for rule in sorted(rules):
        allowed = [Applicability.SAFE, *([Applicability.UNSAFE] if rule in unsafe else [])]
        done = repair(replace(snapshot, files=files), check, applicabilities=allowed, rules={rule})
        refused += [f"`{rule}` is not fixed: {reason}." for _, reason in done.refused]
        if done.files:
            steps.append(_step(rule, done.applied, done.files))
            covers += [finding.fingerprint for finding in done.applied]
            files.update(done.files)
    covers += _cured(snapshot, check, _last(steps))
    return FixPlan(steps=tuple(steps), covers=tuple(dict.fromkeys(covers)), refused=tuple(dict.fromkeys(refused)))


def fingerprint_of(covers: Collection[str], target: str) -> str:
    """Ten hex digits that name a plan for a branch: the same problems give the same branch name."""
    return hashlib.sha256("\0".join((target, *sorted(covers))).encode()).hexdigest()[:10]


def digest_of(files: Mapping[str, SourceFile]) -> str:
    """Twelve hex digits of the files' content."""
    joined = b"\0".join(path.encode() + b"\0" + files[path].to_bytes() for path in sorted(files))
    return hashlib.sha256(joined).hexdigest()[:12]


def _of_diagnoses(
    snapshot: Snapshot, diagnoses: Sequence[Diagnosis], unsafe: Collection[str]
) -> tuple[list[Step], list[str], list[str]]:
    edits: set[Edit] = set()
    steps: list[Step] = []
    covers: list[str] = []
    refused: list[str] = []
    for diagnosis in diagnoses:
        fix = diagnosis.offered_fix if diagnosis.cause in unsafe else diagnosis.certain_fix
        if fix is None:
            continue
        try:
            files = apply_edits(snapshot.files, edits | set(fix.edits))
        except EditRefused as reason:
            refused.append(f"`{diagnosis.cause}` is not fixed: {reason}.")
            continue
        if not set(fix.edits) <= edits:
            steps.append(Step(diagnosis.cause, fix.title, diagnosis.message, files))
        edits |= set(fix.edits)
        covers.append(diagnosis.signature)
    return steps, covers, refused


def _add_bump(snapshot: Snapshot, version: str, steps: list[Step], covers: list[str], refused: list[str]) -> None:
    project = read_project(snapshot.files.get("pyproject.toml"))
    if project is None or project.version_at is None:
        refused.append("The version does not stand in `pyproject.toml`, so it is not changed.")
        return
    if project.version == version:
        return
    place = project.version_at
    files = apply_edits(snapshot.files, [Edit(place.path, place.span, version)])
    steps.append(Step("bump", f"Take version {version}", f"The version was `{project.version}`.", files))
    covers.append(f"version-{version}")


def _cured(snapshot: Snapshot, check: Check, changed: Mapping[str, SourceFile]) -> list[str]:
    """Findings that the steps take away, whichever does: one was predicted, another is the failure itself."""
    if not changed:
        return []
    after = {
        finding.fingerprint for finding in check(replace(snapshot, files={**snapshot.files, **changed})).findings
    }
    return [found.fingerprint for found in check(snapshot).findings if found.fingerprint not in after]


def _last(steps: Sequence[Step]) -> Mapping[str, SourceFile]:
    changed: dict[str, SourceFile] = {}
    for step in steps:
        changed.update(step.files)
    return changed


def _step(rule: str, applied: Sequence[Finding], files: Mapping[str, SourceFile]) -> Step:
    titles = list(dict.fromkeys(finding.fix.title for finding in applied if finding.fix))
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return Step(rule, f"{titles[0]}{more}", applied[0].message, files)
