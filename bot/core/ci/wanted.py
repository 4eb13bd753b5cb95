"""Scripts and makefiles of the repository that a pipeline runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from bot.core.ci.model import Pipeline
from bot.core.snapshot import Snapshot

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
MAX_FILES = 50
_MAKE = re.compile(r"(?:^|[\s;&|(])make(?:\s|$)", re.MULTILINE)
_MAKE_FILE = re.compile(r"\bmake\b[^\n;&|]*?\s(?:-f\s*|--file[= ])([\w./-]+)")
_SCRIPT = re.compile(r"(?:^|[\s;&|(\"'])((?:[\w.-]+/)*[\w.-]+\.(?:sh|bash))(?=$|[\s;&|)\"'])", re.MULTILINE)
_STARTED = re.compile(r"(?:^|[\s;&|(])(?:(?:ba|da|)sh(?:\s+-\w+)*\s+|source\s+|\.\s+|\./)([\w./-]+)", re.MULTILINE)


def wanted_scripts(pipeline: Pipeline, snapshot: Snapshot) -> frozenset[str]:
    """Return the scripts that the jobs (and the scripts already read) name and the snapshot lacks."""
    lines = [line.text for job in pipeline.jobs for line in (*job.script, *job.after_script)]
    read = [file.text for path, file in snapshot.files.items() if _is_script(path)]
    names = {posixpath.normpath(name.removeprefix("./")) for text in (*lines, *read) for name in _names(text)}
    missing = (name for name in sorted(names) if _may_be_read(name, snapshot))
    return frozenset(list(missing)[:MAX_FILES])


def _is_script(path: str) -> bool:
    return path.endswith((".sh", ".bash", ".mk")) or posixpath.basename(path) in MAKEFILES


def _names(text: str) -> Iterable[str]:
    for pattern in (_SCRIPT, _STARTED, _MAKE_FILE):
        yield from pattern.findall(text)
    if _MAKE.search(text):
        yield from MAKEFILES


def _may_be_read(name: str, snapshot: Snapshot) -> bool:
    if name in snapshot.files or name in snapshot.unreadable or name.startswith(("/", "..", "-")) or name == ".":
        return False
    # Without a listing a name like `. build` may be anything: only what looks like a script is asked for.
    return name in snapshot.paths if snapshot.paths is not None else _is_script(name)
