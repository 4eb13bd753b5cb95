"""Compare our effective jobs with those of `gitlab-ci-local --preview`, an independent reader, on the corpus.

    npm install --prefix /tmp/gcl gitlab-ci-local node@22      # it needs Node 22; nothing goes into the repository
    PATH=/tmp/gcl/node_modules/node/bin:/tmp/gcl/node_modules/.bin:$PATH \\
        .venv/bin/python -m tests.bench.preview_judge

`SCANSION_GITLAB_CI_LOCAL` names the program where it is not on PATH, `SCANSION_SHARED` the folder of the corpora.
The judge fetches remote, template, project and component includes from the network: such a configuration is
compared with a stand-in for these includes, in a second table.
The exit status is 1 where fewer than 99 of 100 values of the first table are equal, or where a difference of
either has no explanation.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from ruamel.yaml import YAML

from bot.core import yamltree
from bot.core.ci.model import Cache, Job, Pipeline
from bot.core.ci.reader import read_pipeline
from bot.core.ci.templates import TEMPLATES
from bot.core.edits.text import apply_edits
from bot.core.finding import Location
from bot.core.fix import Edit
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile
from bot.core.yamlwords import to_text
from tests.bench.corpus import ci_configs, read_folder

PROGRAM = "SCANSION_GITLAB_CI_LOCAL"
KEYWORDS = ("image", "before_script", "script", "cache", "variables", "needs", "stage")
WANTED = 0.99
# (configuration, job or `*`, keyword) -> why the two differ, and the test where ours is shown to be right.
_LATER_MERGE = (
    "two `<<` in one mapping: Ruby's Psych applies both in order, so the later wins"
    " (test_of_two_merge_keys_the_later_wins)"
)
_WORKFLOW = (
    "the judge evaluates the workflow's rules for one push to `main` and adds the variables of the rule that"
    " matches; we keep what holds in every pipeline (test_variables_of_the_file_and_of_the_workflow_are_known)"
)
_INCLUDE_RULES = (
    "the judge leaves out an include whose rules do not hold for a push to `main`; we read what holds in some"
    " pipeline (test_a_rule_that_never_holds_leaves_the_include_out)"
)
EXPLAINED = {
    ("aria-ml__dataeval--2024", "*", "variables"): _WORKFLOW,
    ("noheton__shepard", "*", "job"): _INCLUDE_RULES,
    ("CZ-NIC__knot-resolver", "pkg:debian-11", "before_script"): _LATER_MERGE,
    ("CZ-NIC__knot-resolver", "pkg:debian-12", "before_script"): _LATER_MERGE,
    ("CZ-NIC__knot-resolver", "pkg:ubuntu-22.04", "before_script"): _LATER_MERGE,
}


@dataclass(frozen=True)
class Difference:
    """One value that the two readers see differently."""

    config: str
    job: str
    keyword: str
    ours: object
    theirs: object


def find_program() -> str | None:
    """Return the program from the environment or PATH."""
    return os.environ.get(PROGRAM) or shutil.which("gitlab-ci-local")


def preview(program: str, snapshot: Snapshot) -> tuple[str | None, str]:
    """Run the judge in a git repository with the files; return its YAML, or why it has none."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(snapshot, folder)
        done = run_preview(program, folder)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["no message"]
        return None, next((line for line in lines if _REASON.search(line)), lines[-1])
    # Warnings come first, on the same stream.
    return done.stdout[max(done.stdout.find("---\nstages:"), 0) :], ""


_REASON = re.compile(r"[Ee]rror|Exception|could not|must have|unspecified")


def prepare(snapshot: Snapshot, folder: Path) -> None:
    """Make a git repository with the files of a snapshot."""
    for path, file in snapshot.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(file.to_bytes())
    _make_repository(folder)


def run_preview(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the judge in a folder."""
    command = [program, "--preview", "--json-schema-validation=false"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def _make_repository(folder: Path) -> None:
    who = ("-c", "user.name=Judge", "-c", "user.email=judge@example.com")
    for arguments in (
        ("init", "-q", "-b", "main"),
        ("add", "-A", "-f"),
        ("commit", "-q", "-m", "Judge"),
        ("remote", "add", "origin", "git@gitlab.example.com:group/project.git"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"),
    ):
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def without_unknown(snapshot: Snapshot, pipeline: Pipeline) -> Snapshot:
    """Return a snapshot whose includes from elsewhere name a stand-in that defines what the rest asks for.

    The judge refuses a configuration whose templates are not there.
    """
    places = {found.location for found in pipeline.unknown_includes} | set(_templates(pipeline))
    edits = [Edit(place.path, place.span, f"{{local: {_STAND_IN}}}") for place in places]
    files = {**snapshot.files, **apply_edits(snapshot.files, edits)}
    content: dict[str, Any] = {".nothing-at-all": {"script": ["true"]}}
    if any(_templates(pipeline)):
        content |= yaml.safe_load(next(iter(TEMPLATES.values())))
    for _ in range(_ROUNDS):
        files[_STAND_IN] = SourceFile(_STAND_IN, yaml.safe_dump(content))
        snapshot = replace(snapshot, files=files, paths=frozenset(files))
        read = read_pipeline(snapshot)
        missing = list(_missing(read)) if read else []
        for keys in missing:
            _define(content, keys)
        if not missing:
            break
    return snapshot


def _templates(pipeline: Pipeline) -> Iterator[Location]:
    """Yield the includes of GitLab's templates that we know and the judge would fetch."""
    for path, document in pipeline.documents.items():
        for node in (node for root in document.roots for node in yamltree.walk(root)):
            entry = node.entry("template") if isinstance(node, yamltree.Mapping) else None
            if entry and isinstance(entry.value, yamltree.Scalar) and entry.value.value in TEMPLATES:
                yield Location(path, node.span)


_STAND_IN = "stand-in.yml"
_ROUNDS = 4


def _missing(pipeline: Pipeline) -> Iterator[tuple[str, ...]]:
    """Yield the keys of what the configuration asks for and lacks."""
    for problem in pipeline.problems:
        node = pipeline.node(problem.location)
        if problem.code == "undefined-extends" and isinstance(node, yamltree.Scalar):
            yield (node.value, "script")
        elif problem.code == "undefined-reference" and isinstance(node, yamltree.Sequence):
            yield tuple(item.value for item in node.items if isinstance(item, yamltree.Scalar))
        elif problem.code == "job-without-script" and problem.job:
            yield (problem.job, "script")
        elif problem.code in ("unknown-needs", "unknown-dependencies") and isinstance(node, yamltree.Scalar):
            yield (node.value, "script")


def _define(content: dict[str, Any], keys: tuple[str, ...]) -> None:
    table = content
    for key in keys[:-1]:
        table = table.setdefault(key, {})
    table.setdefault(
        keys[-1], ["true"] if keys[-1] in _LISTS else {"if": "$CI"} if keys[-1] == "rules" else "true"
    )


_LISTS = ("script", "before_script", "after_script", "tags")


def compare(config: str, pipeline: Pipeline, theirs: dict[str, Any]) -> Iterator[tuple[int, Difference | None]]:
    """Yield one item for each compared value."""
    jobs = {name: job for name, job in theirs.items() if isinstance(job, dict) and name not in _NO_JOBS}
    variables = {name: _text(value) for name, value in (theirs.get("variables") or {}).items()}
    for name in jobs.keys() | {job.name for job in pipeline.jobs}:
        job = pipeline.job(name)
        if job is None or name not in jobs:
            yield 1, Difference(config, name, "job", job is not None, name in jobs)
            continue
        for keyword in KEYWORDS:
            ours, other = _ours(job, keyword), _theirs(jobs[name], keyword, variables)
            yield 1, None if ours == other else Difference(config, name, keyword, ours, other)


_NO_JOBS = {"default", "include", "stages", "variables", "workflow", "spec"}


def _ours(job: Job, keyword: str) -> object:
    if keyword == "image":
        return job.image.name.value if job.image else None
    if keyword in ("before_script", "script"):
        return [line.text for line in job.script if line.section == keyword]
    if keyword == "cache":
        return [_our_cache(cache) for cache in job.caches]
    if keyword == "variables":
        return {name: text.value for name, text in job.variables.items()}
    return list(job.needs) if keyword == "needs" and job.needs is not None else _other(job, keyword)


def _other(job: Job, keyword: str) -> object:
    return job.stage_name if keyword == "stage" else None


def _our_cache(cache: Cache) -> dict[str, object]:
    key: object = cache.key.value if cache.key else "default"
    if cache.key_files:
        key = [text.value for text in cache.key_files]
    return {"key": key, "paths": [text.value for text in cache.paths], "policy": cache.policy, "when": cache.when}


def _theirs(job: dict[str, Any], keyword: str, variables: dict[str, str]) -> object:
    value = job.get(keyword)
    if keyword == "image":
        return _text(value.get("name") if isinstance(value, dict) else value) or None
    if keyword in ("before_script", "script"):
        return [_text(line) for line in ([value] if isinstance(value, str) else value or [])]
    if keyword == "cache":
        return [_their_cache(cache) for cache in ([value] if isinstance(value, dict) else value or []) if cache]
    if keyword == "variables":
        return variables | {name: _text(item) for name, item in (value or {}).items()}
    if keyword == "needs":
        return (
            None if value is None else [_text(need["job"] if isinstance(need, dict) else need) for need in value]
        )
    return _text(value) or "test"


def _their_cache(cache: dict[str, Any]) -> dict[str, object]:
    key = cache.get("key", "default")
    return {
        "key": [_text(name) for name in key.get("files", [])] if isinstance(key, dict) else _text(key),
        "paths": [_text(path) for path in cache.get("paths") or []],
        "policy": cache.get("policy", "pull-push"),
        "when": cache.get("when", "on_success"),
    }


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("value"))
    return to_text(value)


def main() -> int:
    """Judge the whole corpus and print the differences."""
    program = find_program()
    if program is None:
        print(f"gitlab-ci-local is not on PATH, and {PROGRAM} does not name it")
        return 2
    whole, rest = Tally(), Tally()
    for folder in ci_configs():
        snapshot = read_folder(folder)
        pipeline = read_pipeline(snapshot)
        if pipeline and pipeline.unknown_includes:
            rest.judge(program, folder.name, without_unknown(snapshot, pipeline))
        else:
            whole.judge(program, folder.name, snapshot)
    print("Configurations that can be read without the network:")
    good = whole.report()
    print("\nConfigurations with includes from elsewhere, with a stand-in for these:")
    return 0 if rest.report(stand_in=True) and good else 1


@dataclass
class Tally:
    """What was compared, and how it came out."""

    configs: int = 0
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def judge(self, program: str, name: str, snapshot: Snapshot) -> None:
        """Compare one configuration."""
        text, why = preview(program, snapshot)
        pipeline = read_pipeline(snapshot)
        if text is None or pipeline is None:
            ours = "we refuse it" if pipeline is None else "we read it"
            self.unread.append(f"{name}: {ours}; the judge: {why or 'reads it'}")
            return
        self.configs += 1
        for count, difference in compare(name, pipeline, YAML(typ="safe", pure=True).load(text)):
            self.compared += count
            self.differences += [difference] if difference else []

    def report(self, *, stand_in: bool = False) -> bool:
        """Print the result; return whether it is good enough."""
        for line in self.unread:
            print(f"not compared: {line}")
        unexplained = 0
        for found in self.differences:
            keys = ((found.config, job, found.keyword) for job in (found.job, "*"))
            reason = next((EXPLAINED[key] for key in keys if key in EXPLAINED), "")
            unexplained += not reason
            print(f"{found.config} / {found.job} / {found.keyword}: {reason or 'NO EXPLANATION'}")
            print(f"    ours:   {found.ours}\n    theirs: {found.theirs}")
        equal = 1 - len(self.differences) / max(self.compared, 1)
        print(f"{self.configs} configurations, {self.compared} values: {equal:.2%} equal, ", end="")
        print(f"{len(self.differences)} differ, {unexplained} of them without explanation")
        # The judge looks at one push to `main`: what it leaves out for that is a difference, and none of reading.
        return self.configs > 0 and not unexplained and (equal >= WANTED or stand_in)


if __name__ == "__main__":
    sys.exit(main())
