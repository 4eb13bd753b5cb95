"""Case folders of causes: a log (`trace.log`), the project's files (`project/`), and what is said of it."""

from __future__ import annotations

from pathlib import Path

from bot.core.diagnose import diagnose
from bot.core.diagnosis import Diagnosis, TraceReport
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

TRACE = "trace.log"
DIAGNOSIS = "diagnosis.txt"
PROJECT = "project"
ROOT = Path(__file__).parent / "causes"
GREEN = "_none"


def cases() -> list[Path]:
    """Every case folder."""
    return sorted(path.parent for path in ROOT.glob(f"*/*/{TRACE}"))


def report_of(case: Path) -> TraceReport:
    """The report of a case."""
    return diagnose([(case / TRACE).read_bytes()], snapshot=snapshot_of(case / PROJECT))


def snapshot_of(folder: Path) -> Snapshot | None:
    """The project of a case, None where it has none."""
    if not folder.is_dir():
        return None
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {name: SourceFile.from_bytes(name, (folder / name).read_bytes()) for name in names}
    return Snapshot(files=files, paths=frozenset(names))


def describe(report: TraceReport) -> str:
    """A report as text, one fact a line."""
    lines = [report.verdict.value]
    for item in report.diagnoses:
        lines += ["", *_describe(item)]
    return "\n".join(lines) + "\n"


def _describe(item: Diagnosis) -> list[str]:
    subject = f"{item.subject.kind} {item.subject.name}" if item.subject else "-"
    package = f"{item.python_package.name} {item.python_package.version}" if item.python_package else "-"
    install = f"{item.install.manager} {' '.join(item.install.packages)}" if item.install else "-"
    return [
        f"{item.cause} ({item.confidence})",
        f"  {item.message}",
        f"  subject: {subject}",
        f"  package: {package}",
        f"  install: {install}",
        *(f"  hint: {hint}" for hint in [item.hint] if hint),
        *(f"  line {line.line}: {line.text}" for line in item.evidence),
    ]
