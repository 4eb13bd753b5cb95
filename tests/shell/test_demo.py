"""The demo, played as a stranger plays it."""

import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def told() -> str:
    command = [sys.executable, "-m", "bot", "demo", "--once", "--no-color"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def test_it_plays_both_projects_and_names_its_address(told):
    assert "shop/ledger" in told
    assert "shop/metrum" in told
    assert "Look at it in a browser: http://127.0.0.1:" in told


def test_the_note_names_the_three_seeds_of_the_first_project(told):
    for rule in ("missing-system-package", "duplicate-version", "uncached-install"):
        assert rule in told


def test_the_fixup_installs_what_was_missing(told):
    assert any(line.startswith("    +") and "libpq-dev" in line for line in told.splitlines())
