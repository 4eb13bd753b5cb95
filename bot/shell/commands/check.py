"""`scansion check`: the static review of a checkout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from rich.markup import escape

from bot import __version__
from bot.core.check import Report, check
from bot.core.finding import Finding, Severity
from bot.core.fix import Applicability
from bot.core.policy import Policy
from bot.core.policy_file import policy_in
from bot.core.render.findings_json import code_quality, positions, report_json, sarif
from bot.core.rule import all_rules
from bot.core.snapshot import DEFAULT_CI_PATH, InstallTiming, Snapshot
from bot.shell.errors import UsageError
from bot.shell.folder import read_folder
from bot.shell.output import CheckFormat, Output

COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def run(
    folder: Path,
    output: Output,
    *,
    rules: list[str],
    ci_path: str = DEFAULT_CI_PATH,
    timings: Mapping[str, InstallTiming] = MappingProxyType({}),
) -> int:
    """Check a checkout and print what was found; 1 when there is something, 3 when a rule broke.

    ``timings`` are what installing took in jobs whose logs were given.
    """
    known(rules)
    snapshot = read_folder(folder, ci_path)
    if timings:  # a snapshot with other facts is read anew
        snapshot = replace(snapshot, facts=replace(snapshot.facts, install_timings=timings))
    report = check(snapshot, policy_of(snapshot, output, rules), only=rules or None)
    _print(report, snapshot, output)
    for entry in report.failed:
        output.note(f"scansion: rule {entry.rule} failed on this project ({entry.reason}): please report it")
    if report.failed:
        return 3
    return 1 if report.findings else 0


def policy_of(snapshot: Snapshot, output: Output, rules: list[str]) -> Policy:
    """Return the checkout's own policy, its mistakes told; a rule that was asked for by name is never off."""
    policy = policy_in(snapshot)
    for mistake in policy.errors:
        output.note(f"scansion: {mistake}")
    return replace(policy, disabled_rules=policy.disabled_rules - set(rules))


def known(rules: list[str]) -> None:
    """Raise UsageError for an id that is no rule's."""
    for rule in rules:
        if rule not in all_rules():
            raise UsageError(f"there is no rule `{rule}` (see `scansion rules`)")


def _print(report: Report, snapshot: Snapshot, output: Output) -> None:
    match output.format:
        case CheckFormat.JSON:
            output.json(report_json(report, snapshot))
        case CheckFormat.CODEQUALITY:
            output.json(code_quality(report, snapshot))
        case CheckFormat.SARIF:
            output.json(sarif(report, snapshot, __version__))
        case _:
            _print_text(report, snapshot, output)


def _print_text(report: Report, snapshot: Snapshot, output: Output) -> None:
    for finding, jobs in merged(report.findings):
        start, _ = positions(snapshot, finding.location.path, finding.location.span)
        where = f"{finding.location.path}:{start.line}:{start.column}"
        color = COLORS[finding.severity]
        about = f" [dim]({escape(', '.join(jobs))})[/dim]" if jobs else ""
        output.markup(f"[bold]{escape(where)}[/bold] [{color}]{finding.severity}[/{color}] {finding.rule}{about}")
        output.line(f"    {finding.message}")
        if finding.fix:
            output.line(f"    fix ({finding.fix.applicability}): {finding.fix.title}", "dim")
        elif finding.fix_refused and output.verbose:
            output.line(f"    no fix: {finding.fix_refused}", "dim")
    if output.verbose:
        for entry in report.skipped:
            output.line(f"skipped {entry.rule}{f' ({entry.job})' if entry.job else ''}: {entry.reason}", "dim")
    if not output.quiet:
        output.line(_summary(report))


def merged(findings: tuple[Finding, ...]) -> list[tuple[Finding, list[str]]]:
    """One entry a fingerprint, with the jobs that share it."""
    found: dict[str, tuple[Finding, list[str]]] = {}
    for finding in findings:
        _, jobs = found.setdefault(finding.fingerprint, (finding, []))
        if finding.job and finding.job not in jobs:
            jobs.append(finding.job)
    return list(found.values())


def _summary(report: Report) -> str:
    entries = merged(report.findings)
    if not entries:
        return "No findings."
    fixes = Counter(finding.fix.applicability for finding, _ in entries if finding.fix)
    safe, unsafe = fixes[Applicability.SAFE], fixes[Applicability.UNSAFE]
    told = [f"{len(entries)} finding{'s' if len(entries) > 1 else ''}"]
    told += [f"{safe} with a safe fix (scansion fix)"] if safe else []
    told += [f"{unsafe} with an unsafe one (scansion fix --unsafe)"] if unsafe else []
    return f"{', '.join(told)}."
