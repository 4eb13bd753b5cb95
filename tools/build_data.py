"""Makes the compact tables of `bot/data` from a folder of plain tables.

    python tools/build_data.py FOLDER

FOLDER holds the merged tables as tab-separated text (`debian-files.tsv.gz` and its like); `bot/data/SOURCES.md`
says what they are. The Debian part can be made anew on a Debian machine: see `tools/refresh_debian.py`.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "bot/data"
sys.path.insert(0, str(DATA.parents[1]))

from bot.core.system.blocks import pack_lines  # noqa: E402 - the checkout need not be installed

# name -> the columns kept (None: all)
BLOCKS: dict[str, tuple[int, ...] | None] = {
    "debian-files": None,
    "debian-packages": None,
    "alpine-provides": None,
    "docker-base-tags": (0, 1, 2, 3),
    "docker-python-tags": (0, 1, 2, 3, 4),
    "pypi-needs": (0, 2, 6, 7, 8, 9, 10, 14, 15, 16, 17),
}
PLAIN: dict[str, tuple[int, ...] | None] = {
    "crossmap": (0, 1, 2, 3, 4, 6, 7, 9, 11, 15),
    "commands": (0, 1, 2, 3, 4),
    "distros": (0, 1, 2, 3, 4, 5, 6, 7, 8),
    "docker-python-tag-moves": (0, 1, 3, 4),
    "buildpack-deps": (0, 1, 3),
    "image-packages": (0, 1, 2, 4),
    "images-other": (0, 1, 2, 3, 4),
    "python-eol": (0, 1, 2, 3),
    "poetry-python": None,
}
HEADERS = {"images-other": ["pattern", "os", "release", "libc", "has"]}


def read_rows(folder: Path, name: str) -> list[list[str]]:
    """Return the rows of one plain table, comments left out."""
    packed = folder / f"{name}.tsv.gz"
    text = (
        gzip.decompress(packed.read_bytes()).decode() if packed.exists() else (folder / f"{name}.tsv").read_text()
    )
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def keep(row: list[str], columns: tuple[int, ...] | None) -> str:
    """Return the kept columns of a row as a line; a short row is filled up."""
    if columns is None:
        return "\t".join(row)
    filled = row + [""] * (max(columns) + 1 - len(row))
    return "\t".join(filled[column] for column in columns)


def main() -> int:
    """Write every table and print its size."""
    folder = Path(sys.argv[1])
    for name, columns in BLOCKS.items():
        rows = read_rows(folder, name)
        body = rows[1:] if rows[0][-1] == "last" else rows
        (DATA / f"{name}.blocks").write_bytes(pack_lines(keep(row, columns) for row in body))
    for name, columns in PLAIN.items():
        rows = read_rows(folder, name)
        lines = [keep(row, columns) for row in ([HEADERS[name], *rows] if name in HEADERS else rows)]
        (DATA / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    for path in sorted(DATA.iterdir()):
        print(f"{path.stat().st_size:>9,}  {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
