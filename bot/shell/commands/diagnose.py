"""`scansion diagnose`: why a job failed, from its saved log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from rich.markup import escape

from bot.core.ci.reader import read_pipeline
from bot.core.diagnose import diagnose
from bot.core.diagnosis import Diagnosis, TraceReport, Verdict
from bot.core.render.diagnosis_json import trace_json
from bot.core.snapshot import Snapshot
from bot.core.system.install_line import fixes_for
from bot.shell.errors import UsageError
from bot.shell.folder import read_folder
from bot.shell.output import Format, Output

T = TypeVar("T")
CHUNK_BYTES = 1 << 20
VERDICTS = {
    Verdict.UNKNOWN: "failed, and no known cause explains it",
    Verdict.SUCCEEDED: "the job succeeded",
    Verdict.NO_TRACE: "the log is empty",
    Verdict.PARTIAL_TRACE: "the log ends before the job does",
}


def run(traces: list[str], output: Output, *, project: Path | None, job: str | None, image: str | None) -> int:
    """Diagnose logs; 1 when there is a diagnosis or an unexplained failure."""
    snapshot = read_folder(project) if project else None
    reports = []
    for name in traces:
        report = report_of(name, snapshot=snapshot, job=job, image=image)
        reports.append((name, with_fixes(report, snapshot, job)))
    if output.format == Format.JSON:
        output.json({"version": 1, "traces": [trace_json(name, report) for name, report in reports]})
    else:
        for name, report in reports:
            _print(name, report, output)
    failed = {Verdict.DIAGNOSED, Verdict.UNKNOWN}
    return 1 if any(report.verdict in failed for _, report in reports) else 0


def report_of(trace: str | Path, *, snapshot: Snapshot | None, job: str | None, image: str | None) -> TraceReport:
    """Diagnose one log; raises UsageError where it cannot be read."""
    return of_log(trace, partial(diagnose, snapshot=snapshot, job=job, image=image))


def of_log(trace: str | Path, reader: Callable[[Iterator[bytes]], T]) -> T:
    """Return what a reader makes of a saved log (`-` is standard input); raises UsageError where there is none."""
    if str(trace) == "-":
        return reader(_chunks(sys.stdin.buffer))
    try:
        with Path(trace).open("rb") as stream:
            return reader(_chunks(stream))
    except OSError as error:
        raise UsageError(f"`{trace}` cannot be read: {error.strerror}") from error


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk


def with_fixes(report: TraceReport, snapshot: Snapshot | None, job: str | None) -> TraceReport:
    """Add the fixes of the CI file that the diagnoses call for, where project and job are known."""
    pipeline = read_pipeline(snapshot) if snapshot else None
    if snapshot is None or pipeline is None or job is None:
        return report
    diagnoses = [
        replace(diagnosis, fixes=(*diagnosis.fixes, *fixes_for(diagnosis, snapshot, pipeline, job)))
        for diagnosis in report.diagnoses
    ]
    return replace(report, diagnoses=tuple(diagnoses))


def _print(name: str, report: TraceReport, output: Output) -> None:
    if report.verdict is not Verdict.DIAGNOSED:
        output.markup(f"[bold]{escape(name)}[/bold] {VERDICTS[report.verdict]}")
        for line in report.notable if not output.quiet else ():
            output.line(f"  {line.line:>5}  {line.text}", "dim")
        return
    for diagnosis in report.diagnoses:
        _print_diagnosis(name, diagnosis, output)


def _print_diagnosis(name: str, diagnosis: Diagnosis, output: Output) -> None:
    output.markup(f"[bold]{escape(name)}[/bold] [red]{diagnosis.cause}[/red] ({diagnosis.confidence} confidence)")
    output.line(f"    {diagnosis.message}")
    if output.quiet:
        return
    for line in diagnosis.evidence:
        output.line(f"  {line.line:>5}  {line.text}", "dim")
    if diagnosis.install:
        output.line(f"    install ({diagnosis.install.manager}): {' '.join(diagnosis.install.packages)}")
    if diagnosis.hint:
        output.line(f"    {diagnosis.hint}")
    for fix in diagnosis.fixes:
        output.line(f"    fix ({fix.applicability}): {fix.title}", "dim")
