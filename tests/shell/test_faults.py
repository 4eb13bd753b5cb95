"""GitLab fails in the middle of a review, and the end is as if it had not (short form).

The long form, with each answer spoiled in each way, is `python -m tests.bench.faults`.
"""

from __future__ import annotations

import pytest

from tests.bench.faults import FINAL, review


@pytest.mark.parametrize(
    ("kind", "at"),
    [
        ("reset", 8),
        ("lost answer", 18),
        ("lost answer", 19),
        ("lost answer", 20),
        ("429 with Retry-After", 3),
        ("wrong types", 2),
        ("truncated", 17),
        ("401 from then on", 12),
        ("404", 1),
    ],
)
async def test_one_spoiled_answer_changes_nothing_or_is_told(kind: str, at: int) -> None:
    end = await review(kind, at)
    assert end.spoiled
    assert end.is_right(kind), end
    assert not end.dead or kind in FINAL
