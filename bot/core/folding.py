"""Findings that a failure makes needless to tell: what was predicted has come true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.core.diagnosis import Diagnosis
from bot.core.finding import Finding
from bot.core.job_name import as_written
from bot.core.render.contents import Failure


def folded(findings: Sequence[Finding], failures: Sequence[Failure]) -> dict[str, str]:
    """Map the fingerprint of every finding that a failure explains to the failure's signature."""
    return {
        finding.fingerprint: failure.diagnosis.signature
        for failure in failures
        if failure.diagnosis
        for finding in findings
        if finding.job in {None, *(as_written(job.name) for job in failure.jobs)}
        and _explains(failure.diagnosis, finding)
    }


def with_others(failure: Failure, findings: Sequence[Finding], same: Mapping[str, str]) -> Failure:
    """Return the failure with the jobs that did not fail, and of which the same was found."""
    if failure.diagnosis is None:
        return failure
    failed = {as_written(job.name) for job in failure.jobs}
    jobs = {finding.job for finding in findings if same.get(finding.fingerprint) == failure.diagnosis.signature}
    return replace(failure, also_in=tuple(sorted(job for job in jobs if job and job not in failed)))


def _explains(diagnosis: Diagnosis, finding: Finding) -> bool:
    """Whether both are about the same thing. A finding that names more is explained where the fix covers it."""
    if diagnosis.cause != finding.rule:
        return False
    about, said = set(finding.subject.split()), _names(diagnosis)
    return about <= said or (bool(about & said) and diagnosis.offered_fix is not None)


def _names(diagnosis: Diagnosis) -> set[str]:
    subject, package = diagnosis.subject, diagnosis.python_package
    names = (subject.name if subject else "", package.name if package else "", package.version if package else "")
    return set(names) - {""}
