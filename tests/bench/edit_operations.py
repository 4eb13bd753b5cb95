"""Random operations on every CI file of the corpus and its variants: verified or refused, and judged by libyaml.

    python tests/bench/edit_operations.py --count 20000 --schema 0.1

Each operation picks jobs and a place as a rule would. The share of refusals, what the independent judge says, and
whether a file that passed the GitLab CI schema still does, are printed; anything wrong ends with status 1.
"""

import argparse
import collections
import importlib.resources
import json
import random
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import jsonschema
import yaml

from bot.core.ci.reader import read_pipeline
from bot.core.edits.text import EditRefused, apply_edits
from tests.core.edits.ci_corpus import VARIANTS, configurations, in_variant
from tests.core.edits.judged import problems
from tests.core.edits.random_operations import OPERATIONS, NotApplicableError


class Loader(yaml.CSafeLoader):
    """Reads `!reference` as the list that the schema wants."""


Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))


def schema_validator():
    """The validator of the GitLab CI schema that check-jsonschema carries."""
    folder = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "gitlab-ci.json").read_text())
    return jsonschema.Draft7Validator(schema)


def is_valid(validator, text):
    try:
        return validator.is_valid(list(yaml.load_all(text, Loader=Loader))[-1])
    except (yaml.YAMLError, IndexError, RecursionError):
        return False


def cases():
    found = []
    for name, snapshot in configurations().items():
        for rewrite in VARIANTS:
            variant = in_variant(snapshot, rewrite)
            pipeline = read_pipeline(variant)
            if pipeline is not None and pipeline.jobs:
                found.append((f"{name} {rewrite.__name__}", variant, pipeline))
    return found


@dataclass
class Tally:
    """What came of the operations."""

    share: float
    generator: random.Random
    verified: collections.Counter = field(default_factory=collections.Counter)
    refused: collections.Counter = field(default_factory=collections.Counter)
    reasons: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    invalid: list = field(default_factory=list)
    checked: int = 0
    validator: jsonschema.Draft7Validator = field(default_factory=schema_validator)
    valid_before: dict = field(default_factory=dict)

    @property
    def total(self):
        return self.verified.total() + self.refused.total()

    def run(self, operation, case):
        name, snapshot, pipeline = case
        title = f"{operation.__name__}: {name}"
        try:
            _, edits = operation(self.generator, snapshot, pipeline)
        except NotApplicableError:
            return
        except EditRefused as reason:
            self.refused[operation.__name__] += 1
            self.reasons.append(f"{title}: {reason}")
            return
        self.verified[operation.__name__] += 1
        for path, file in apply_edits(snapshot.files, edits).items():
            old = snapshot.files[path].text
            own = [edit for edit in edits if edit.path == path]
            self.wrong += [f"{title}: {said}" for said in problems(old, file.text, own)]
            if self.generator.random() < self.share:
                self.validate(f"{title} {path}", old, file.text)

    def validate(self, title, old, new):
        self.checked += 1
        if old not in self.valid_before:
            self.valid_before[old] = is_valid(self.validator, old)
        if self.valid_before[old] and not is_valid(self.validator, new):
            self.invalid.append(title)

    def report(self, shown):
        for operation in OPERATIONS:
            key = operation.__name__
            print(f"{key:16} verified {self.verified[key]:6}  refused {self.refused[key]:5}")
        print(f"refused {self.refused.total()} of {self.total} ({self.refused.total() / self.total:.2%})")
        print(f"judged wrong by libyaml {len(self.wrong)}")
        print(f"no longer valid by the schema {len(self.invalid)} of {self.checked} looked at")
        sample = self.generator.sample(self.reasons, min(shown, len(self.reasons)))
        print(*self.wrong[:20], *self.invalid[:20], *sample, sep="\n")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--schema", type=float, default=0.1, help="share of results that meet the schema")
    options.add_argument("--show", type=int, default=15, help="how many refusals to print")
    chosen = options.parse_args()
    generator = random.Random(chosen.seed)
    tally = Tally(chosen.schema, generator)
    files = cases()
    start = time.monotonic()
    while tally.total < chosen.count:
        tally.run(generator.choice(OPERATIONS), generator.choice(files))
    print(f"{len(files)} files, {time.monotonic() - start:.0f} s")
    tally.report(chosen.show)
    return 1 if tally.wrong or tally.invalid else 0


if __name__ == "__main__":
    sys.exit(main())
