"""Inline ignores: which places a comment silences."""

import pytest

from bot.core.check import check
from bot.core.finding import Finding
from bot.core.policy import Policy
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile


def findings(text: str) -> list[Finding]:
    files = {".gitlab-ci.yml": SourceFile(".gitlab-ci.yml", text)}
    return [item for item in check(Snapshot(files=files), Policy()).findings if item.rule == "unpinned-image"]


IGNORE = "# scansion: ignore[unpinned-image] we build it ourselves"


def ci(*, beside="", above=""):
    lines = ["test:", *([f"  {line}" for line in above.split("\n")] if above else [])]
    return "\n".join([*lines, f"  image: python:latest{beside}", "  script:", "    - poetry install", ""])


def test_without_a_comment_the_rule_speaks():
    assert len(findings(ci())) == 1


@pytest.mark.parametrize(
    "text",
    [
        ci(beside=f"  {IGNORE}"),
        ci(above=IGNORE),
        ci(above=f"{IGNORE}\n# until the next release"),
        ci(above="# scansion: ignore[uncached-install, unpinned-image]"),
        ci(above="# scansion: ignore[uncached-install]\n#scansion:ignore[unpinned-image]"),
    ],
    ids=["beside", "above", "other-comment-between", "list", "two-comments"],
)
def test_a_comment_beside_or_right_above_silences_the_place(text):
    assert findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        ci(beside="  # scansion: ignore[uncached-install]"),
        ci(beside="  # scansion: ignore"),
        f"{IGNORE}\n{ci()}",
        ci() + f"{IGNORE}\n",
        ci(above=f"{IGNORE}\n"),
    ],
    ids=["other-rule", "no-rule", "other-line", "below", "blank-line-between"],
)
def test_any_other_comment_silences_nothing(text):
    assert len(findings(text)) == 1
