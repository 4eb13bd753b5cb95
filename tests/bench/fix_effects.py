"""What the fixes change in the effective pipelines of the corpus, value by value, and whether they mean to.

    PATH=/tmp/gcl/node_modules/node/bin:/tmp/gcl/node_modules/.bin:$PATH \\
        .venv/bin/python -m tests.bench.fix_effects [--unsafe] [--changes] [--no-preview]

The effective jobs before and after are compared by our own reader and by `gitlab-ci-local --preview` (see
`preview_judge`): a change of a keyword that none of the applied rules is about is printed as not meant, and so is
a result that the judge refuses though it read the original. `--unsafe` applies the unsafe fixes too, `--changes`
prints the changes that are meant. The exit status is 1 where something is not meant.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML

from bot.core.ci.model import Answer, RunsIn
from bot.core.ci.reader import read_pipeline
from bot.core.fix import Applicability
from bot.core.repair import repair
from bot.core.snapshot import Facts, Snapshot
from tests.bench.corpus import read_folder
from tests.bench.fix_corpus import TODAY, poetry_configs, review
from tests.bench.preview_judge import find_program, preview, without_unknown

CACHES = frozenset({"cache", "variables", "script", "before_script"})
SCRIPTS = frozenset({"script", "before_script"})
WHEN = frozenset({"rules", "only", "except"})
MEANT = {
    "cache-key-ignores-lock": frozenset({"cache"}),
    "cache-outside-project": CACHES,
    "cache-shared-across-pythons": frozenset({"cache"}),
    "cache-uploaded-by-every-job": frozenset({"cache"}),
    "command-outside-venv": SCRIPTS,
    "deprecated-only-except": WHEN | {"allow_failure"},
    "missing-system-package": SCRIPTS,
    "publish-without-build": SCRIPTS,
    "removed-poetry-option": SCRIPTS,
    "repeated-jobs": frozenset({"extends"}),
    "uncached-install": CACHES,
    "unpinned-poetry": SCRIPTS | {"variables"},
    "unrestricted-publish": WHEN | {"runs"},
    "venv-outside-project": CACHES,
}
# What says where a value comes from, and no value itself: the effective ones are compared.
_SOURCES = frozenset({"extends"})
Jobs = Mapping[str, Mapping[str, Any]]


@dataclass
class Account:
    """What all the fixes did."""

    configs: int = 0
    previews: int = 0
    meant: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def our_jobs(snapshot: Snapshot) -> Jobs:
    pipeline = read_pipeline(snapshot)
    return {} if pipeline is None else {job.name: {**job.data, "runs": job.runs_in} for job in pipeline.jobs}


def their_jobs(program: str, snapshot: Snapshot) -> Jobs | None:
    pipeline = read_pipeline(snapshot)
    if pipeline and pipeline.unknown_includes:
        snapshot = without_unknown(snapshot, pipeline)
    text, _ = preview(program, snapshot)
    if text is None:
        return None
    values = YAML(typ="safe", pure=True).load(text)
    return {name: value if isinstance(value, dict) else {"value": value} for name, value in values.items()}


def differences(before: Jobs, after: Jobs) -> Iterator[tuple[str, str, object, object]]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield name, "job", old is not None, new is not None
            continue
        for keyword in dict.fromkeys([*old, *new]):
            if keyword not in _SOURCES and old.get(keyword) != new.get(keyword):
                yield name, keyword, old.get(keyword), new.get(keyword)


def only_narrower(old: object, new: object) -> bool:
    """Whether a job runs where it did but for branches and merge requests: tags, which publish, are kept."""
    if not isinstance(old, RunsIn) or not isinstance(new, RunsIn) or new.tags is not old.tags:
        return False
    pairs = (
        (old.branches, new.branches),
        (old.merge_requests, new.merge_requests),
        (old.default_branch, new.default_branch),
    )
    return all(after in (before, Answer.NO) for before, after in pairs)


def enter(account: Account, config: str, jobs: tuple[Jobs, Jobs], rules: Collection[str], *, show: bool) -> None:
    allowed = frozenset().union(*(MEANT.get(rule, frozenset()) for rule in rules))
    for job, keyword, old, new in differences(*jobs):
        line = f"{config} / {job} / {keyword} ({', '.join(rules)}):\n    before: {old}\n    after:  {new}"
        if (keyword in allowed or job in allowed) and (keyword != "runs" or only_narrower(old, new)):
            account.meant[keyword] += 1
            if show:
                print(line)
        else:
            account.faults.append(line)


def judge(
    account: Account, program: str | None, config: str, before: Snapshot, options: argparse.Namespace
) -> None:
    kinds = (Applicability.SAFE, Applicability.UNSAFE) if options.unsafe else (Applicability.SAFE,)
    result = repair(before, review, applicabilities=kinds)
    if not result.files:
        return
    account.configs += 1
    after = replace(before, files={**before.files, **result.files})
    rules = sorted({finding.rule for finding in result.applied})
    enter(account, config, (our_jobs(before), our_jobs(after)), rules, show=options.changes)
    if program is None:
        return
    old, new = their_jobs(program, before), their_jobs(program, after)
    if old is not None and new is None:
        account.faults.append(f"{config}: the judge refuses the result")
    elif old is not None and new is not None:
        account.previews += 1
        enter(account, f"{config} (judge)", (old, new), rules, show=options.changes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--unsafe", "--changes", "--no-preview"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args()
    program = None if options.no_preview else find_program()
    account = Account()
    for folder in poetry_configs():
        judge(account, program, folder.name, replace(read_folder(folder), facts=Facts(today=TODAY)), options)
    print(*account.faults, sep="\n")
    meant = ", ".join(f"{count} x {keyword}" for keyword, count in account.meant.most_common())
    print(f"{account.configs} configurations changed, {account.previews} of them read by the judge too")
    print(f"changed as meant: {meant}; not meant: {len(account.faults)}")
    return int(bool(account.faults))


if __name__ == "__main__":
    sys.exit(main())
