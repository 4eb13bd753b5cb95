"""Make `.venv` with what `poetry.lock` pins, by pip alone.

A fresh machine needs nothing but Python 3.11 and git: Poetry itself is one of the pinned tools.
Nothing is done when the environment already fits the lock file.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "scansion-setup"


def requirement(package: dict[str, Any]) -> str:
    """One line of a pip requirements file, with every known hash of the package."""
    marker = package.get("markers", "")
    if isinstance(marker, dict):  # a package of several groups has one marker for each
        marker = " or ".join(f"({text})" for text in marker.values())
    hashes = [f"--hash={file['hash']}" for file in package["files"]]
    condition = f" ; {marker}" if marker else ""
    return " ".join([f"{package['name']}=={package['version']}{condition}", *hashes])


def fingerprint() -> str:
    """What decides the environment's content: the interpreter, this script and the pinned set."""
    parts = [sys.version.encode(), str(ROOT).encode()]
    parts += [(ROOT / name).read_bytes() for name in ("poetry.lock", "pyproject.toml", "tools/setup.py")]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def pip(*arguments: str) -> None:
    command = [str(VENV / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*command, *arguments], check=True)


def main() -> int:
    """Create or refresh the environment."""
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return 0
    print("Setting up .venv (once; about a minute)", flush=True)
    venv.create(VENV, with_pip=True, clear=True)
    locked = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    pinned = VENV / "requirements.txt"
    pinned.write_text("\n".join(requirement(package) for package in locked) + "\n")
    pip("--require-hashes", "--no-deps", "--requirement", str(pinned))
    pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    STAMP.write_text(fingerprint())
    return 0


if __name__ == "__main__":
    sys.exit(main())
