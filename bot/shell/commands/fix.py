"""`scansion fix`: applies the fixes of a review, or those that a failed job's log calls for."""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from bot.core.check import check
from bot.core.ci.reader import read_pipeline
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.fix import Applicability, Fix
from bot.core.repair import repair
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.system.install_line import fixes_for
from bot.shell.commands.check import known, policy_of
from bot.shell.commands.diagnose import report_of
from bot.shell.errors import UsageError
from bot.shell.folder import read_folder
from bot.shell.output import Output


def run(folder: Path, output: Output, *, unsafe: bool, diff: bool, rules: list[str]) -> int:
    """Apply the fixes of the review. 0: nothing to do or done; with ``diff`` 1 when a change is due."""
    known(rules)
    snapshot = read_folder(folder)
    wanted = (Applicability.SAFE, Applicability.UNSAFE) if unsafe else (Applicability.SAFE,)
    result = repair(
        snapshot,
        partial(check, policy=policy_of(snapshot, output, rules)),
        applicabilities=wanted,
        rules=rules or None,
    )
    for finding, reason in result.refused:
        output.note(f"scansion: {finding.rule} is left as it is: {reason}")
    titles = [finding.fix.title for finding in result.applied if finding.fix]
    return finish(folder, snapshot, result.files, output, titles=titles, diff=diff)


def run_for_trace(folder: Path, output: Output, *, trace: Path, job: str, unsafe: bool, diff: bool) -> int:
    """Apply the fixes that a failed job's log calls for."""
    snapshot = read_folder(folder)
    pipeline = read_pipeline(snapshot)
    if pipeline is None or pipeline.job(job) is None:
        names = ", ".join(found.name for found in pipeline.jobs) if pipeline else "none"
        raise UsageError(f"`{snapshot.ci_path}` has no job `{job}` (jobs: {names})")
    report = report_of(trace, snapshot=snapshot, job=job, image=None)
    wanted = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    fixes = [
        fix
        for diagnosis in report.diagnoses
        for fix in (*diagnosis.fixes, *fixes_for(diagnosis, snapshot, pipeline, job))
        if fix.applicability in wanted
    ]
    files, titles = _applied(snapshot, fixes)
    if not titles:
        said = ", ".join(diagnosis.cause for diagnosis in report.diagnoses) or report.verdict.value
        output.note(f"scansion: no fix for what the log shows ({said})")
    return finish(folder, snapshot, files, output, titles=titles, diff=diff)


def _applied(snapshot: Snapshot, fixes: list[Fix]) -> tuple[Mapping[str, SourceFile], list[str]]:
    """Apply as many fixes as go together, the first ones first."""
    files: Mapping[str, SourceFile] = {}
    done: list[Fix] = []
    for fix in fixes:
        try:
            files = apply_edits(snapshot.files, [edit for entry in (*done, fix) for edit in entry.edits])
        except EditRefused:
            continue
        done.append(fix)
    return files, [fix.title for fix in done]


def finish(
    folder: Path,
    snapshot: Snapshot,
    files: Mapping[str, SourceFile],
    output: Output,
    *,
    titles: list[str],
    diff: bool,
) -> int:
    """Write the changed files, or show them as a diff."""
    root = folder.parent if folder.is_file() else folder
    changed = {path: file for path, file in files.items() if file.text != snapshot.files[path].text}
    text = "".join(unified(snapshot.files[path], file) for path, file in sorted(changed.items()))
    if output.format == "json":
        output.json({"version": 1, "changed": sorted(changed), "fixes": titles, "diff": text})
    elif diff:
        output.line(text.rstrip("\n")) if text else output.note("No change is due.")
    else:
        for title in dict.fromkeys(titles):
            output.line(title)
        output.note(f"Changed: {', '.join(sorted(changed))}" if changed else "Nothing to fix.")
    if diff:
        return 1 if changed else 0
    for path, file in changed.items():
        write_whole(root / path, file.to_bytes())
    return 0


def unified(before: SourceFile, after: SourceFile) -> str:
    """Return the change as git shows it."""
    lines = difflib.unified_diff(
        before.text.splitlines(keepends=True),
        after.text.splitlines(keepends=True),
        f"a/{before.path}",
        f"b/{after.path}",
    )
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step, its mode kept: a crash leaves the old or the new content, never half."""
    try:
        mode = path.stat().st_mode
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
            scratch.write(data)
        Path(scratch.name).chmod(mode)
        Path(scratch.name).replace(path.resolve())
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {error.strerror}") from error
