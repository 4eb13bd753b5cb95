"""Findings as machines read them: the project's own JSON, GitLab's Code Quality report, SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from bot.core.check import Report
from bot.core.finding import Finding, Severity, Skipped
from bot.core.fix import Fix
from bot.core.rule import all_rules
from bot.core.snapshot import Snapshot
from bot.core.span import Position, Span

_CODE_QUALITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}
_SARIF = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def report_json(report: Report, snapshot: Snapshot) -> dict[str, Any]:
    """Return the document of `check --format json`."""
    return {
        "version": 1,
        "findings": [_finding(finding, snapshot) for finding in report.findings],
        "skipped": [_skipped(entry) for entry in report.skipped],
        "failed": [_skipped(entry) for entry in report.failed],
    }


def code_quality(report: Report, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return GitLab's Code Quality report: one entry a fingerprint."""
    return [_code_quality_entry(finding, snapshot) for finding in report.distinct]


def _code_quality_entry(finding: Finding, snapshot: Snapshot) -> dict[str, Any]:
    start, _ = positions(snapshot, finding.location.path, finding.location.span)
    return {
        "description": finding.message,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _CODE_QUALITY[finding.severity],
        "location": {"path": finding.location.path, "lines": {"begin": start.line}},
    }


def sarif(report: Report, snapshot: Snapshot, version: str) -> dict[str, Any]:
    """Return a SARIF log with one run."""
    rules = [
        {"id": rule.id, "shortDescription": {"text": rule.page.summary}} for rule in _spoken_rules(report.findings)
    ]
    driver = {"name": "Scansion", "version": version, "rules": rules}
    results = [_sarif_result(finding, snapshot) for finding in report.findings]
    return {
        "$schema": _SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def positions(snapshot: Snapshot, path: str, span: Span) -> tuple[Position, Position]:
    """Return first and last position of a span; line 1 for a file that is not there."""
    file = snapshot.files.get(path)
    if file is None:
        return Position(1, 1), Position(1, 1)
    return file.lines.position(span.start), file.lines.position(span.end)


def fix_json(fix: Fix) -> dict[str, Any]:
    """Return a fix with its edits; offsets count code points."""
    edits = [
        {"path": edit.path, "start": edit.span.start, "end": edit.span.end, "text": edit.text}
        for edit in fix.edits
    ]
    return {"title": fix.title, "applicability": fix.applicability.value, "edits": edits}


def _finding(finding: Finding, snapshot: Snapshot) -> dict[str, Any]:
    start, end = positions(snapshot, finding.location.path, finding.location.span)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": finding.message,
        "path": finding.location.path,
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
        "job": finding.job,
        "fingerprint": finding.fingerprint,
        "fix": fix_json(finding.fix) if finding.fix else None,
    }


def _skipped(entry: Skipped) -> dict[str, Any]:
    said = {"rule": entry.rule, "reason": entry.reason}
    return {**said, "job": entry.job} if entry.job else said


def _spoken_rules(findings: Iterable[Finding]) -> list[Any]:
    spoken = {finding.rule for finding in findings}
    return [rule for rule in all_rules().values() if rule.id in spoken]


def _sarif_result(finding: Finding, snapshot: Snapshot) -> dict[str, Any]:
    start, end = positions(snapshot, finding.location.path, finding.location.span)
    region = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    place = {"artifactLocation": {"uri": quote(finding.location.path, errors="replace")}, "region": region}
    return {
        "ruleId": finding.rule,
        "level": _SARIF[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"scansion/v1": finding.fingerprint},
    }
