"""Findings that say the same of several jobs, as one entry of the note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.finding import Finding, Location


@dataclass(frozen=True, slots=True)
class Group:
    """Findings with one fingerprint, or of one rule with one message, whatever the job, and one treatment."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one whose words are shown."""
        return self.findings[0]

    @property
    def other_jobs(self) -> list[str]:
        """The jobs that the shown words do not name."""
        jobs = dict.fromkeys(finding.job for finding in self.findings if finding.job)
        return [job for job in jobs if job != self.first.job and f"`{job}`" not in self.first.message]

    @property
    def places(self) -> list[Location]:
        """Where they stand, each place once."""
        return list(dict.fromkeys(finding.location for finding in self.findings))


def grouped(findings: Sequence[Finding], treatments: Mapping[str, str]) -> list[Group]:
    """Group findings, the heaviest first."""
    same: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda finding: finding.severity.rank):
        same.setdefault(finding.fingerprint, []).append(finding)
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for fingerprint, found in same.items():
        first = found[0]
        key = (first.rule, first.severity, _without_job(first), treatments.get(fingerprint, ""))
        groups.setdefault(key, []).extend(found)
    return [Group(tuple(group)) for group in groups.values()]


def _without_job(finding: Finding) -> str:
    return finding.message.replace(f"`{finding.job}`", "``") if finding.job else finding.message
