"""Labelled failures of other people, where they are on this machine: the shares that were promised hold."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.core.diagnose import diagnose
from bot.core.finding import Confidence
from tests.shared_data import SHARED, needs_shared

FAILURES = SHARED / "corpus/failures"
SETS = ("threads", "poetry-runs", "traces")
RIGHT, WRONG = 0.95, 0.025


def expectations() -> dict[str, list[str]]:
    rows = (
        line.split("\t")
        for line in (FAILURES / "CAUSES.tsv").read_text().splitlines()[1:]
        if line[:1] not in ("", "#")
    )
    return {label: expected.split(" ") for label, expected in rows}


def labelled(name: str) -> Iterator[tuple[str, bytes, str]]:
    if name == "threads":
        for line in (FAILURES / "threads.jsonl").read_text().splitlines():
            row = json.loads(line)
            yield (
                row["cause"],
                row["log"].encode(),
                row["image_or_distro"] if ":" in row["image_or_distro"] else "",
            )
        return
    folder = SHARED / "bench/repair/traces" if name == "traces" else FAILURES / name
    with (folder / "INDEX.tsv").open() as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            label = "ok-warnings" if row["exit_code"] == "0" else row.get("cause_slug") or row["cause"]
            yield label, (folder / f"{row['name']}.log").read_bytes(), row.get("image", "")


def judged(label: list[str], log: bytes, image: str) -> str:
    report = diagnose([log], image=image or None)
    if label[0].startswith("["):
        return "right" if report.verdict.value == label[0].strip("[]") and not report.diagnoses else "wrong"
    first = report.diagnoses[0] if report.diagnoses else None
    if first is None:
        return "silent"
    if first.cause in label:
        return "right"
    return "silent" if first.confidence is Confidence.LOW else "wrong"


@needs_shared
@pytest.mark.parametrize("name", SETS)
def test_labelled_failures_are_explained(name: str) -> None:
    wanted = expectations()
    counts = Counter(judged(wanted[label], log, image) for label, log, image in labelled(name))
    assert counts["right"] >= RIGHT * counts.total(), counts
    assert counts["wrong"] <= WRONG * counts.total(), counts
