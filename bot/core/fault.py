"""Whose fault a failure is: a pure judgement over the job's own history and the target branch's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.diagnosis import Diagnosis, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """An earlier, finished run of the job with the same name. ``signatures`` are those of its diagnoses."""

    commit: str
    succeeded: bool
    signatures: frozenset[str] = frozenset()


def fault_of(
    diagnoses: Sequence[Diagnosis],
    *,
    commit: str,
    own: Sequence[PastRun] = (),
    target: Sequence[PastRun] = (),
) -> Fault:
    """Judge a failure at a commit.

    ``own`` are other runs of this job, ``target`` its runs on the target branch, each the newest first.
    """
    if diagnoses and diagnoses[0].infrastructure:
        return Fault.INFRASTRUCTURE
    if any(run.succeeded for run in (*own, *target) if run.commit == commit):
        return Fault.FLAKY
    if not target:
        return Fault.UNKNOWN
    latest = target[0]
    if latest.succeeded:
        return Fault.THIS_CHANGE
    if latest.signatures & {item.signature for item in diagnoses}:
        return Fault.ALREADY_RED
    # Both fail, for reasons that are known and differ: the change adds one of its own.
    return Fault.THIS_CHANGE if diagnoses and latest.signatures else Fault.UNKNOWN
