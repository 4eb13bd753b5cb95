"""What the solvers of Poetry, pip and uv say of two that want one package in different versions."""

from __future__ import annotations

import pytest

from bot.core.causes._demands import Demand, contested

POETRY = """Because no versions of tide match !=0.3.0
 and tide (0.3.0) depends on core (>=1.0,<2.0), every version of tide requires core (>=1.0,<2.0).
And because reef (3.1.0) depends on core (>=2.0)
 and no versions of reef match !=3.1.0, tide is incompatible with reef.
So, because shop depends on both tide (*) and reef (*), version solving failed."""
THROUGH_ANOTHER = """Because shop depends on tide (2.25.1) which depends on core (>=1.21,<1.27),
 core is required.
So, because shop depends on core (^2.0), version solving failed."""
PIP = """The conflict is caused by:
    tide 0.3.0 depends on core<2.0 and >=1.0
    reef 3.1.0 depends on core>=2.0"""
UV = """Because all versions of reef depend on core>=2.0 and all versions of tide
         depend on core>=1.0,<2.0, we can conclude that all versions of reef and all"""


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (POETRY, (Demand("tide", "core", ">=1.0,<2.0"), Demand("reef", "core", ">=2.0"))),
        (THROUGH_ANOTHER, (Demand("tide", "core", ">=1.21,<1.27"), Demand("shop", "core", "^2.0"))),
        (PIP, (Demand("tide", "core", "<2.0 and >=1.0"), Demand("reef", "core", ">=2.0"))),
        (UV, (Demand("reef", "core", ">=2.0"), Demand("tide", "core", ">=1.0,<2.0"))),
        ("Because shop depends on both tide (*) and reef (*), version solving failed.", None),
        ("Because shop depends on tide (^9) which doesn't match any versions, version solving failed.", None),
    ],
)
def test_what_two_want_of_one_package_is_read(text: str, pair: tuple[Demand, Demand] | None):
    assert contested(text.splitlines()) == pair
