"""Precision and recall of the rules on the hand labels of the CI configurations, in one process.

    .venv/bin/python -m tests.bench.rule_scores [--misses]

What counts stands in the shared scorer (`bench/score/score_rules.py`), whose tables are used here. A third of the
configurations, by a hash of the repository's name, is held out: its misses are not shown, and rules are not tuned
on them. The exit status is 1 where precision is below 99 % or recall below 97 % of either part.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import importlib.util
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import ModuleType

from bot.core.check import check
from bot.core.finding import Finding
from bot.core.policy import Policy
from bot.core.snapshot import Facts
from tests.bench.corpus import read_folder
from tests.shared_data import SHARED

CONFIGS = SHARED / "corpus" / "ci-configs"
TODAY = dt.date(2026, 8, 1)
PRECISION, RECALL = 0.99, 0.97
Labels = Mapping[str, str]


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score_rules", SHARED / "bench/score/score_rules.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def held_out(name: str) -> bool:
    repository = name.split("--", maxsplit=1)[0]  # versions of one file stay together
    return int(hashlib.sha256(repository.encode()).hexdigest(), 16) % 3 == 0


@cache
def findings(name: str) -> tuple[Finding, ...]:
    snapshot = replace(read_folder(CONFIGS / name), facts=Facts(today=TODAY))
    report = check(snapshot, Policy())
    assert not report.failed, report.failed
    return report.findings


def labels() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    with (CONFIGS / "LABELS.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            found[row["name"], row["job"]][row["question"]] = row["answer"]
    return found


def questions(module: ModuleType, answers: Labels) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Yield the rules that answer a question about a job, and whether one of them must speak."""
    for question, (rules, trigger) in module.RULE_OF.items():
        installs = answers.get("installs_with_poetry") == "yes"
        cached = answers.get("venv_cached_effectively") == "yes"
        if question not in answers or (question in module.INSTALL_ONLY and not installs):
            continue
        if question == "cache_key_tracks_lock" and not cached:
            continue
        yield rules, answers[question] == trigger


def score(module: ModuleType, part: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for (name, job), answers in labels().items():
        if held_out(name) != (part == "held out"):
            continue
        for rules, wanted in questions(module, answers):
            counting = rules if wanted else rules[:1]
            speaks = any(one.rule in counting and one.job in {job, None} for one in findings(name))
            outcome = {(True, True): "tp", (True, False): "fp", (False, True): "fn", (False, False): "tn"}
            total[outcome[speaks, wanted]] += 1
            if speaks != wanted and part == "tuned" and "--misses" in sys.argv:
                print("wrong:" if speaks else "missed:", rules[0], name, job)
    return total


def main() -> int:
    module = scorer()
    good = True
    for part in ("tuned", "held out"):
        total = score(module, part)
        print(f"{part:9} {module.figures(total)}")
        precision = total["tp"] / max(total["tp"] + total["fp"], 1)
        recall = total["tp"] / max(total["tp"] + total["fn"], 1)
        good = good and precision >= PRECISION and recall >= RECALL
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
