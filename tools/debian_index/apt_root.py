"""Scratch apt roots: the indices of other suites, fetched without touching the machine's own apt."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

SUITES = {"bullseye": "b", "bookworm": "k", "trixie": "t"}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = """\
deb [signed-by={key}] {mirror} {suite} main contrib non-free
deb-src [signed-by={key}] {mirror} {suite} main contrib non-free
"""
# Contents is no default target of apt (see its `acquire-additional-files.md`).
CONFIGURATION = """\
Dir "{root}";
Dir::State "{root}/state";
Dir::State::status "{root}/status";
Dir::Cache "{root}/cache";
Dir::Etc "{root}/etc";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
APT::Architecture "amd64";
APT::Architectures {{ "amd64"; }};
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
Acquire::IndexTargets {{
  deb::Contents-deb {{
    MetaKey "$(COMPONENT)/Contents-$(ARCHITECTURE)";
    ShortDescription "Contents";
    Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Contents (deb)";
    KeepCompressed "true";
  }};
}};
"""


def own_mirror() -> str:
    """Return the mirror that this machine's apt already uses."""
    command = [
        "/usr/bin/apt-get",
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
        "Origin: Debian",
    ]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    mirrors = sorted(line for line in lines if "security" not in line)
    if not mirrors:
        raise SystemExit("This machine's apt has no Debian archive to read; name one with --mirror.")
    return mirrors[0]


def fetch(scratch: Path, suite: str, mirror: str) -> None:
    """Fetch Packages, Sources and Contents of a suite into a scratch root."""
    root = (scratch / suite).resolve()
    for folder in ("etc/trusted.gpg.d", "state/lists/partial", "cache/archives/partial"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "status").touch()
    (root / "etc/sources.list").write_text(SOURCES.format(key=KEYRING, mirror=mirror, suite=suite))
    configuration = root / "apt.conf"
    configuration.write_text(CONFIGURATION.format(root=root))
    done = subprocess.run(["/usr/bin/apt-get", "-c", str(configuration), "update"], check=False)
    if done.returncode != 0:
        raise SystemExit(f"The index of {suite} could not be fetched: see above.")


def read_lists(scratch: Path, suite: str, kind: str) -> Iterator[str]:
    """Yield the lines of every index of one kind (`Packages`, `Sources`, `Contents-`), unpacked."""
    for path in sorted((scratch / suite / "state/lists").glob(f"*_{kind}*")):
        yield from _lines(path)
        yield ""  # the last stanza of a file has an end too


def _lines(path: Path) -> Iterator[str]:
    if path.suffix not in (".lz4", ".gz", ".xz"):
        yield from path.read_text(encoding="utf-8", errors="replace").splitlines()
        return
    command = ["/usr/lib/apt/apt-helper", "cat-file", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as reading:
        for raw in reading.stdout or ():
            yield raw.decode("utf-8", "replace").rstrip("\n")
