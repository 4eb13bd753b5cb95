"""Case folders: a project's files, the facts about it (`case.toml`), what is found and what fixes make of it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.core.check import Report, check
from bot.core.finding import Finding
from bot.core.fix import Applicability
from bot.core.policy import Policy
from bot.core.repair import Repair, repair
from bot.core.snapshot import Facts, InstallTiming, PublishedVersion, RegistryKey, Snapshot
from bot.core.source import SourceFile, UnreadableSourceError

FINDINGS = "findings.txt"
FIXED = "fixed"
FACTS = "case.toml"
TODAY = dt.date(2026, 8, 1)


def read_case(folder: Path) -> Snapshot:
    """Read a case's project and facts."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = [path.relative_to(folder).as_posix() for path in paths]
    project = [name for name in names if name not in {FINDINGS, FACTS} and not name.startswith(f"{FIXED}/")]
    files: dict[str, SourceFile] = {}
    unreadable: dict[str, str] = {}
    for name in project:
        try:
            files[name] = SourceFile.from_bytes(name, (folder / name).read_bytes())
        except UnreadableSourceError as error:
            unreadable[name] = str(error)
    facts = read_facts(folder / FACTS)
    return Snapshot(files=files, unreadable=unreadable, paths=frozenset(project), facts=facts)


def read_facts(path: Path) -> Facts:
    """Read the facts of a case; a fixed day where the case names none."""
    data = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    published = {
        RegistryKey(entry["kind"], entry.get("name", "")): tuple(
            PublishedVersion(entry["package"], version, project_path="group/demo") for version in entry["versions"]
        )
        for entry in data.pop("published", [])
    }
    timings = {name: InstallTiming(**timing) for name, timing in data.pop("install_timings", {}).items()}
    return Facts(**{"today": TODAY, **data}, published=published, install_timings=timings)


def run_rule(snapshot: Snapshot, rule: str) -> Report:
    """Check with one rule; a fault in it fails the test."""
    report = check(snapshot, Policy(), only={rule})
    assert not report.failed, report.failed
    return report


def run_repair(snapshot: Snapshot, rule: str) -> Repair:
    """Apply every fix of one rule."""
    every = (Applicability.SAFE, Applicability.UNSAFE)
    return repair(snapshot, lambda state: run_rule(state, rule), applicabilities=every)


def describe(report: Report, snapshot: Snapshot) -> str:
    """Return what was found, one line each."""
    lines = [_describe_finding(finding, snapshot) for finding in report.findings]
    lines += [f"skipped {item.job or '-'}: {item.reason}" for item in report.skipped]
    return "".join(f"{line}\n" for line in lines)


def _describe_finding(finding: Finding, snapshot: Snapshot) -> str:
    file = snapshot.files.get(finding.location.path)
    place = file.lines.position(finding.location.span.start) if file else None
    at = f"{place.line}:{place.column}" if place else "0:0"
    fix = f" [{finding.fix.applicability} fix: {finding.fix.title}]" if finding.fix else ""
    refused = f" [no fix: {finding.fix_refused}]" if finding.fix_refused else ""
    weight = f"{finding.severity}/{finding.confidence}"
    job = finding.job or "-"
    return f"{finding.location.path}:{at} {weight} {finding.rule} {job}: {finding.message}{fix}{refused}"


def summary(report: Report) -> list[tuple[str, str, str | None]]:
    """Return what a change of line ends or indents may not alter."""
    return [(finding.rule, finding.message, finding.job) for finding in report.findings]


def variant(snapshot: Snapshot, change: Callable[[SourceFile], SourceFile]) -> Snapshot:
    """Return the snapshot with every file changed."""
    return replace(snapshot, files={path: change(file) for path, file in snapshot.files.items()})


def with_crlf(file: SourceFile) -> SourceFile:
    """Return the file with Windows line ends."""
    return file.with_text(file.text.replace("\r\n", "\n").replace("\n", "\r\n"))


def with_bom(file: SourceFile) -> SourceFile:
    """Return the file with a byte order mark."""
    return SourceFile(file.path, file.text, has_bom=True)


def without_final_newline(file: SourceFile) -> SourceFile:
    """Return the file without its last line end."""
    return file.with_text(file.text.rstrip("\r\n"))


def with_flush_sequences(file: SourceFile) -> SourceFile:
    """Return a YAML file with its block sequences at the column of their key."""
    if not file.path.endswith((".yml", ".yaml")):
        return file
    lines = file.text.split("\n")
    for index, line in enumerate(lines):
        deeper = _indent(line) + 2
        if line.rstrip().endswith(":") and _is_item(lines, index + 1, deeper):
            _dedent(lines, index + 1, deeper)
    return file.with_text("\n".join(lines))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _is_item(lines: list[str], index: int, indent: int) -> bool:
    if index >= len(lines):
        return False
    return _indent(lines[index]) == indent and lines[index].lstrip().startswith("- ")


def _dedent(lines: list[str], index: int, indent: int) -> None:
    while index < len(lines) and (not lines[index].strip() or _indent(lines[index]) >= indent):
        lines[index] = lines[index][2:]
        index += 1


def write_accepted(folder: Path, found: str, fixed: Mapping[str, SourceFile]) -> None:
    """Write the present answers as the expected ones."""
    (folder / FINDINGS).write_text(found, encoding="utf-8", newline="")
    target = folder / FIXED
    for old in sorted(target.rglob("*"), reverse=True) if target.exists() else []:
        old.unlink() if old.is_file() else old.rmdir()
    for path, file in fixed.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(file.to_bytes())
