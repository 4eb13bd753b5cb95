"""Makes the Debian tables of `bot/data` anew from Debian's package index and shows what changed.

    python tools/refresh_debian.py SCRATCH_FOLDER [--mirror URL] [--no-fetch] [--write]

Needs a Debian machine with network (about 200 MB into SCRATCH_FOLDER; the machine's own apt is not touched).
Without `--write` nothing is changed: the difference is printed, and the exit status is 1 where there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "bot/data"
sys.path.insert(0, str(ROOT))

from bot.core.system.blocks import BlockTable, pack_lines  # noqa: E402 - the checkout need not be installed
from tools.debian_index import merging  # noqa: E402
from tools.debian_index.apt_root import SUITES, fetch, own_mirror, read_lists  # noqa: E402
from tools.debian_index.difference import describe  # noqa: E402
from tools.debian_index.ranking import Suite, read_suite  # noqa: E402
from tools.debian_index.stanzas import read_stanzas  # noqa: E402


def build(scratch: Path) -> dict[str, list[str]]:
    """Return the lines of both tables, from the fetched indices of every suite that is there."""
    suites: dict[str, Suite] = {}
    table: merging.Table = {}
    for name, letter in SUITES.items():
        if not (scratch / name).is_dir():
            continue
        packages = read_stanzas(read_lists(scratch, name, "Packages"))
        suites[letter] = read_suite(packages, read_stanzas(read_lists(scratch, name, "Sources")))
        merging.add_suite(
            table, letter, suites[letter], merging.collect_owners(read_lists(scratch, name, "Contents-"))
        )
    merging.keep_split_packages(table, suites)
    return {"debian-files": merging.file_lines(table), "debian-packages": merging.package_lines(suites)}


def compare(name: str, lines: list[str]) -> str:
    """Return what changed in a table, empty where nothing did."""
    path = DATA / f"{name}.blocks"
    known = list(BlockTable(path.read_bytes()).lines("")) if path.exists() else []
    return describe(name, known, lines)


def main() -> int:
    """Fetch, build, compare, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scratch", type=Path)
    parser.add_argument("--mirror", default="")
    parser.add_argument("--no-fetch", action="store_true", help="use what SCRATCH_FOLDER already has")
    parser.add_argument("--write", action="store_true", help="replace the tables of bot/data")
    arguments = parser.parse_args()
    if not arguments.no_fetch:
        for suite in SUITES:
            fetch(arguments.scratch, suite, arguments.mirror or own_mirror())
    changed = False
    for name, lines in build(arguments.scratch).items():
        told = compare(name, lines)
        changed |= bool(told)
        print(told or f"{name}: nothing changed ({len(lines):,} rows)")
        if arguments.write:
            (DATA / f"{name}.blocks").write_bytes(pack_lines(lines))
    return 1 if changed and not arguments.write else 0


if __name__ == "__main__":
    sys.exit(main())
