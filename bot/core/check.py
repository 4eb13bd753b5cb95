"""The review: every rule over one snapshot."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.core.ci.unfilled import as_written, is_unfilled
from bot.core.context import Context
from bot.core.finding import Finding, Skipped
from bot.core.policy import Policy
from bot.core.rule import Rule, all_rules
from bot.core.snapshot import Snapshot
from bot.core.suppression import suppressed_rules


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a check found. ``failed`` names rules that raised, with the fault: our mistakes, never silent."""

    findings: tuple[Finding, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    failed: tuple[Skipped, ...] = ()

    @property
    def distinct(self) -> tuple[Finding, ...]:
        """The findings, each once however many jobs share it: the first of those with its fingerprint."""
        found: dict[str, Finding] = {}
        for finding in self.findings:
            found.setdefault(finding.fingerprint, finding)
        return tuple(found.values())


def check(snapshot: Snapshot, policy: Policy, only: Collection[str] | None = None) -> Report:
    """Run the rules that the policy leaves on (or just ``only``) and return what they say, in a fixed order."""
    context = Context(snapshot)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    failed: list[Skipped] = []
    for rule in all_rules().values():
        if rule.id in policy.disabled_rules or (only is not None and rule.id not in only):
            continue
        try:
            said = list(rule.check(context))
        except Exception as error:  # noqa: BLE001 - one broken rule must not silence the others
            failed.append(Skipped(rule.id, f"{type(error).__name__}: {error}"))
            continue
        findings += [_adjusted(item, rule, policy) for item in said if isinstance(item, Finding)]
        skipped += [item for item in said if isinstance(item, Skipped)]
    if is_unfilled(context.ci_text):
        findings = [_in_words_of(context.ci_text, finding) for finding in findings]
    kept = [finding for finding in findings if not _silenced(finding, snapshot, policy)]
    return Report(findings=tuple(sorted(kept, key=_order)), skipped=tuple(skipped), failed=tuple(failed))


def _in_words_of(template: str, finding: Finding) -> Finding:
    return replace(
        finding,
        message=as_written(finding.message, template),
        job=finding.job and as_written(finding.job, template),
        subject=as_written(finding.subject, template),
    )


def _adjusted(finding: Finding, rule: Rule, policy: Policy) -> Finding:
    severity = policy.severities.get(rule.id)
    return finding if severity is None else replace(finding, severity=severity)


def _silenced(finding: Finding, snapshot: Snapshot, policy: Policy) -> bool:
    if finding.fingerprint in policy.ignored_fingerprints:
        return True
    file = snapshot.files.get(finding.location.path)
    return file is not None and finding.rule in suppressed_rules(file, finding.location.span)


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.location.path, finding.location.span, finding.rule, finding.job or "", finding.message)
