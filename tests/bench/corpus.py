"""The corpus of real configurations, as snapshots."""

from __future__ import annotations

from pathlib import Path

from bot.core.snapshot import DEFAULT_CI_PATH, Snapshot
from bot.core.source import SourceFile, UnreadableSourceError
from tests.shared_data import SHARED


def ci_configs() -> list[Path]:
    """Return the folder of each configuration."""
    root = SHARED / "corpus" / "ci-configs"
    return sorted(path.parent for path in root.glob(f"*/{DEFAULT_CI_PATH}"))


def read_folder(folder: Path) -> Snapshot:
    """Return the text files of a folder as the whole repository."""
    files: dict[str, SourceFile] = {}
    unreadable: dict[str, str] = {}
    for path in sorted(found for found in folder.rglob("*") if found.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = SourceFile.from_bytes(name, path.read_bytes())
        except UnreadableSourceError as error:
            unreadable[name] = str(error)
    return Snapshot(files=files, unreadable=unreadable, paths=frozenset(files))
