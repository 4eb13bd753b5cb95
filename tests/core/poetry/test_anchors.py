"""The top-level key that a place belongs to, and fingerprints that tell copies apart."""

from __future__ import annotations

from bot.core.check import check
from bot.core.poetry.anchors import owner_of
from bot.core.policy import Policy
from tests.core.poetry.pipelines import context_of

COPIES = """default:
  interruptible: true

"lint: all":
  image: python:3.12-slim
  script:
    - pip install poetry

test:
  image: python:3.12-slim
  script:
    - pip install poetry
"""


def test_owner_is_the_key_above_the_place() -> None:
    context = context_of(COPIES)
    assert context.pipeline is not None
    owners = [owner_of(context.snapshot, job.script[0].location) for job in context.pipeline.jobs]
    assert owners == ["lint: all", "test"]


def test_copies_of_a_mistake_have_fingerprints_of_their_own() -> None:
    report = check(context_of(COPIES).snapshot, Policy(), only={"unpinned-poetry"})
    assert len({finding.fingerprint for finding in report.findings}) == 2


def test_moved_lines_keep_the_fingerprint() -> None:
    before = check(context_of(COPIES).snapshot, Policy(), only={"unpinned-poetry"})
    after = check(context_of(f"# a comment\n\n{COPIES}").snapshot, Policy(), only={"unpinned-poetry"})
    assert [one.fingerprint for one in before.findings] == [one.fingerprint for one in after.findings]
