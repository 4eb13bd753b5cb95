"""Audit the pinned dependencies: every file has a hash, all come from one index, none has a known weakness.

The first two are read from `poetry.lock`; the third asks the public advisory service through pip-audit and says
how many packages it could not ask about (on a machine without that service: all of them).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 240


def lock_faults(lock: Path) -> list[str]:
    """Say which pinned packages have no hash, or come from elsewhere than the index."""
    packages = tomllib.loads(lock.read_text())["package"]
    unhashed = [package["name"] for package in packages if not all(file.get("hash") for file in package["files"])]
    foreign = [package["name"] for package in packages if "source" in package]
    faults = [f"{name} has a file without a hash" for name in unhashed]
    return faults + [f"{name} does not come from the package index" for name in foreign]


def advisories(requirements: Path) -> tuple[list[str], int, int]:
    """Return the known weaknesses, how many packages were asked about, and how many could not be."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--no-deps", "--progress-spinner", "off"]
    run = subprocess.run(
        [*command, "--format", "json", "--requirement", str(requirements)],
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    try:
        entries = json.loads(run.stdout)["dependencies"]
    except ValueError:
        return [], 0, len(requirements.read_text().splitlines())
    found = [_sentence(entry, weakness) for entry in entries for weakness in entry.get("vulns", ())]
    unknown = sum(1 for entry in entries if "skip_reason" in entry)
    return found, len(entries) - unknown, unknown


def _sentence(entry: dict[str, Any], weakness: dict[str, Any]) -> str:
    fixed = ", ".join(weakness["fix_versions"]) or "no version yet"
    return f"{entry['name']} {entry['version']}: {weakness['id']} (fixed in {fixed})"


def main() -> int:
    """Audit; 1 where something is wrong."""
    faults = lock_faults(ROOT / "poetry.lock")
    found, asked, unknown = advisories(ROOT / ".venv/requirements.txt")
    for line in (*faults, *found):
        print(line)
    print(f"audit: {asked} packages asked about, {unknown} not known to the advisory service here")
    return int(bool(faults or found))


if __name__ == "__main__":
    sys.exit(main())
