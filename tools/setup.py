"""Make a virtual environment with what `poetry.lock` pins, by pip alone.

    setup.py                 `.venv` with everything that developing needs (does nothing when it fits the lock)
    setup.py --runtime DIR   DIR with what running the bot needs, and the bot itself

A fresh machine needs nothing but Python 3.11 and git: Poetry itself is one of the pinned tools.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BUILD_TOOLS = ("poetry-core",)  # builds the bot's own package, as pyproject.toml says


def requirement(package: dict[str, Any]) -> str:
    """Return one line of a pip requirements file, with every known hash of the package."""
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


def pip(folder: Path, *arguments: str) -> None:
    """Run pip of an environment; its own errors are what it prints."""
    command = [str(folder / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq"]
    subprocess.run([*command, *arguments], check=True)


def install(folder: Path, *, runtime: bool) -> None:
    """Create the environment anew: the pinned packages first, then the bot."""
    venv.create(folder, with_pip=True, clear=True)
    locked = tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
    wanted = [package for package in locked if not runtime or _needed_to_run(package)]
    pinned = folder / "requirements.txt"
    pinned.write_text("\n".join(requirement(package) for package in wanted) + "\n")
    pip(folder, "--require-hashes", "--no-deps", "--requirement", str(pinned))
    pip(folder, "--no-deps", "--no-build-isolation", *(() if runtime else ("--editable",)), str(ROOT))


def _needed_to_run(package: dict[str, Any]) -> bool:
    return "main" in package["groups"] or package["name"] in BUILD_TOOLS


def main() -> int:
    """Create or refresh the environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", type=Path, metavar="DIR")
    runtime = parser.parse_args().runtime
    if runtime is not None:
        install(runtime, runtime=True)
        return 0
    stamp = ROOT / ".venv/scansion-setup"
    if stamp.exists() and stamp.read_text() == fingerprint():
        return 0
    print("Setting up .venv (once; about a minute)", flush=True)
    install(ROOT / ".venv", runtime=False)
    stamp.write_text(fingerprint())
    return 0


if __name__ == "__main__":
    sys.exit(main())
