"""Apply the safe fixes to every Poetry configuration of the corpus, and judge what comes of it.

    .venv/bin/python -m tests.bench.fix_corpus [--diffs] [FOLDER]

With a folder, whose subfolders each hold a project, these are taken instead of the corpus.
For each configuration: the repair converges, a second run offers nothing, what had a safe fix is gone, the result
passes GitLab's JSON schema where the original did, and the effective pipeline has no new problem. Last, the size
of the change that a single finding makes: the lines of its diff, over all findings with a fix. The exit status
is 1 where one of these does not hold, or where the median is above eight lines.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import jsonschema
import yaml

from bot.core.check import Report, check
from bot.core.ci.reader import read_pipeline
from bot.core.edits.text import EditRefused, apply_edits
from bot.core.finding import Finding
from bot.core.fix import Applicability
from bot.core.policy import Policy
from bot.core.repair import repair
from bot.core.snapshot import DEFAULT_CI_PATH, Facts, Snapshot
from bot.core.source import SourceFile
from tests.bench.corpus import ci_configs, read_folder
from tests.shared_data import SHARED

TODAY = dt.date(2026, 8, 1)
POETRY = frozenset({"poetry", "poetry-indirect", "poetry-mention"})
MOST_LINES = 8
SCHEMA = json.loads(
    (files("check_jsonschema") / "builtin_schemas/vendor/gitlab-ci.json").read_text(encoding="utf-8")
)


class _Loader(yaml.SafeLoader):
    """Reads GitLab's tags as the plain values they stand on."""


_Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def poetry_configs() -> Iterator[Path]:
    given = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("-")]
    if given:
        yield from sorted(ci_file.parent for ci_file in given[0].glob(f"*/{DEFAULT_CI_PATH}"))
        return
    index = SHARED / "corpus" / "ci-configs" / "INDEX.tsv"
    with index.open(encoding="utf-8") as lines:
        classes = {row["name"]: row["class"] for row in csv.DictReader(lines, delimiter="\t")}
    yield from (folder for folder in ci_configs() if classes.get(folder.name) in POETRY)


def review(snapshot: Snapshot) -> Report:
    return check(snapshot, Policy())


def passes_schema(snapshot: Snapshot) -> bool:
    try:
        documents = list(yaml.load_all(snapshot.files[snapshot.ci_path].text, _Loader))
        jsonschema.validate(documents[-1], SCHEMA)
    except (yaml.YAMLError, jsonschema.ValidationError):
        return False
    return True


def diff(before: SourceFile, after: SourceFile) -> list[str]:
    lines = difflib.unified_diff(before.text.splitlines(), after.text.splitlines(), before.path, before.path, n=1)
    return list(lines)


def changed_lines(snapshot: Snapshot, changed: dict[str, SourceFile]) -> int:
    lines = [line for path, file in changed.items() for line in diff(snapshot.files[path], file)]
    return sum(line[:1] in "+-" and line[:3] not in {"+++", "---"} for line in lines)


def sizes(snapshot: Snapshot, findings: tuple[Finding, ...]) -> Iterator[int]:
    """Lines of the diff of each finding's own fix; findings that share one count once."""
    for edits in dict.fromkeys(finding.fix.edits for finding in findings if finding.fix):
        try:
            yield changed_lines(snapshot, apply_edits(snapshot.files, edits))
        except EditRefused as reason:
            print("  a fix cannot be applied alone:", reason)


def faults(before: Snapshot, after: Snapshot, applied: tuple[Finding, ...]) -> Iterator[str]:
    left = review(after)
    yield from (f"{item.rule} failed: {item.reason}" for item in left.failed)
    offered = [
        finding for finding in left.findings if finding.fix and finding.fix.applicability == Applicability.SAFE
    ]
    yield from (f"a second run offers: {finding.rule} {finding.job} {finding.fix}" for finding in offered)
    gone = {finding.fingerprint for finding in applied}
    yield from (f"still there: {finding.rule}" for finding in left.findings if finding.fingerprint in gone)
    if passes_schema(before) and not passes_schema(after):
        yield "the result does not pass the schema"
    old, new = read_pipeline(before), read_pipeline(after)
    if old and (new is None or len(new.problems) > len(old.problems)):
        yield "the result has a new problem"
    if old and new and [job.name for job in old.jobs] != [job.name for job in new.jobs]:
        yield "the result has other jobs"


def main() -> int:
    wrong = 0
    lines: list[int] = []
    changed = 0
    for folder in poetry_configs():
        snapshot = replace(read_folder(folder), facts=Facts(today=TODAY))
        lines += sizes(snapshot, review(snapshot).findings)
        result = repair(snapshot, review)
        changed += bool(result.files)
        after = replace(snapshot, files={**snapshot.files, **result.files})
        found = list(faults(snapshot, after, result.applied))
        found += [f"refused: {reason}" for _, reason in result.refused]
        wrong += bool(found)
        print(f"{folder.name}: {len(result.applied)} fixes, {changed_lines(snapshot, dict(result.files))} lines")
        for fault in found:
            print("  ", fault)
        if "--diffs" in sys.argv:
            for path, file in result.files.items():
                print("\n".join(diff(snapshot.files[path], file)))
    median = statistics.median(lines) if lines else 0
    print(
        f"{changed} configurations changed, {wrong} with a fault; {len(lines)} fixes, median {median} lines each"
    )
    return int(wrong > 0 or median > MOST_LINES)


if __name__ == "__main__":
    sys.exit(main())
