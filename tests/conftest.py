"""Shared fixtures."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.planted"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the cases give as what they should give")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))
