"""A snapshot of a checkout on disk."""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.ci.reader import wanted_files
from bot.core.snapshot import DEFAULT_CI_PATH, Facts, Snapshot
from bot.core.source import SourceFile, UnreadableSourceError
from bot.shell.errors import UsageError

PROJECT_FILES = ("pyproject.toml", "poetry.lock", "poetry.toml", ".scansion.toml")
MAX_FILE_BYTES = 20_000_000
MAX_PATHS = 100_000
MAX_ROUNDS = 10
NOT_LISTED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__"})


def read_folder(folder: Path, ci_path: str = DEFAULT_CI_PATH) -> Snapshot:
    """Read what a check needs of a checkout, and what git and GitLab CI's variables say about it.

    Raises UsageError where the folder is not there or holds neither a CI file nor `pyproject.toml`.
    """
    if folder.is_file():
        folder, ci_path = folder.parent, folder.name
    if not folder.is_dir():
        raise UsageError(f"`{folder}` is not there")
    root = folder.resolve()
    snapshot = _with_files(root, Snapshot(files={}, ci_path=ci_path), (ci_path, *PROJECT_FILES))
    if ci_path not in {*snapshot.files, *snapshot.unreadable} and "pyproject.toml" not in snapshot.files:
        raise UsageError(f"`{folder}` holds no `{ci_path}` and no `pyproject.toml`")
    snapshot = replace(snapshot, paths=_listing(root, snapshot), facts=_facts(root))
    for _ in range(MAX_ROUNDS):
        wanted = wanted_files(snapshot) - snapshot.files.keys() - snapshot.unreadable.keys()
        found = _with_files(root, snapshot, sorted(wanted))
        if len(found.files) + len(found.unreadable) == len(snapshot.files) + len(snapshot.unreadable):
            break
        snapshot = found
    return snapshot


def _with_files(root: Path, snapshot: Snapshot, paths: Iterable[str]) -> Snapshot:
    files = dict(snapshot.files)
    unreadable = dict(snapshot.unreadable)
    for path in paths:
        target = root / path
        if not _is_inside(root, target):
            continue
        try:
            if target.stat().st_size > MAX_FILE_BYTES:
                unreadable[path] = f"`{path}` is larger than {MAX_FILE_BYTES // 1_000_000} MB"
                continue
            files[path] = SourceFile.from_bytes(path, target.read_bytes())
        except UnreadableSourceError as error:
            unreadable[path] = str(error)
        except OSError as error:
            unreadable[path] = f"`{path}` cannot be read: {error.strerror}"
    return replace(snapshot, files=files, unreadable=unreadable)


def _is_inside(root: Path, target: Path) -> bool:
    """Whether a path is a file of the checkout: links and `..` that lead out of it are not followed."""
    return target.is_file() and target.resolve().is_relative_to(root)


def _listing(root: Path, snapshot: Snapshot) -> frozenset[str] | None:
    """The repository's paths, for includes with a pattern; None where no include needs them."""
    text = snapshot.text(snapshot.ci_path) or ""
    if "include" not in text or "*" not in text:
        return None
    found: list[str] = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in NOT_LISTED)
        relative = Path(folder).relative_to(root)
        found += [(relative / name).as_posix() for name in names]
        if len(found) > MAX_PATHS:
            break
    return frozenset(found[:MAX_PATHS])


def _facts(root: Path) -> Facts:
    environment = os.environ
    server, project = _remote(root)
    identity = environment.get("CI_PROJECT_ID", "")
    return Facts(
        today=datetime.now(UTC).date(),
        project_path=environment.get("CI_PROJECT_PATH") or project,
        project_id=int(identity) if identity.isdigit() else None,
        server_url=environment.get("CI_SERVER_URL") or server,
        default_branch=environment.get("CI_DEFAULT_BRANCH") or _default_branch(root),
        tag=environment.get("CI_COMMIT_TAG"),
    )


def _remote(root: Path) -> tuple[str | None, str | None]:
    """Server and project path of the remote `origin`, read from git's own configuration file."""
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read(root / ".git/config", encoding="utf-8")
        url = config.get('remote "origin"', "url")
    except (configparser.Error, UnicodeDecodeError):
        return None, None
    if "://" not in url:  # git@gitlab.example.com:group/project.git
        url = "ssh://" + url.replace(":", "/", 1)
    parts = urlsplit(url)
    path = parts.path.strip("/").removesuffix(".git")
    return (f"https://{parts.hostname}" if parts.hostname else None), path or None


def _default_branch(root: Path) -> str | None:
    try:
        head = (root / ".git/refs/remotes/origin/HEAD").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    return head.strip().removeprefix("ref: refs/remotes/origin/") or None
