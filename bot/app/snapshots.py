"""Reads what a check needs of one commit, in as few requests as possible."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import msgspec

from bot.app.elsewhere import with_elsewhere
from bot.app.past_runs import past_runs
from bot.app.ports import FileSet, ForgeProject, Services, User
from bot.core.policy import Policy
from bot.core.policy_file import POLICY_PATHS, merge_policies, read_policy
from bot.core.snapshot import DEFAULT_CI_PATH, Facts, PublishedVersion, RegistryKey, Snapshot
from bot.core.source import SourceFile, UnreadableSourceError

ALWAYS_READ = frozenset(
    {
        "pyproject.toml",
        "poetry.lock",
        "poetry.toml",
        ".scansion.toml",
        "Makefile",
        "tox.ini",
        "noxfile.py",
        ".python-version",
        "requirements.txt",
        "setup.py",
    }
)
_ROUNDS = 3
Published = Mapping[RegistryKey, tuple[PublishedVersion, ...]]
NOTHING: Published = MappingProxyType({})
_PROJECT_KEEP_S = 600.0
_ME_KEEP_S = 300.0
T = TypeVar("T")
_FILES_IN_A_CALL = 80


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A commit as read: the snapshot, the policy in force, and what is wrong with a policy that it edits.

    ``target_project`` is the `pyproject.toml` of the branch that it is meant for.
    """

    snapshot: Snapshot
    policy: Policy
    policy_remarks: tuple[str, ...] = ()
    target_project: SourceFile | None = None

    @classmethod
    def empty(cls) -> Reading:
        """A reading of nothing, for work that needs no files."""
        return cls(snapshot=Snapshot(files={}), policy=Policy())


async def read_me(services: Services, project_id: int) -> User:
    """Read who the bot is in a project, or remember it for some minutes: each piece of work needs it."""
    ask = partial(services.forge.current_user, project_id)
    return await _remembered(services, f"me:{project_id}", User, ask, _ME_KEEP_S)


async def read_project(services: Services, project_id: int) -> ForgeProject:
    """Read a project, or remember it: what is used of it hardly ever changes."""
    ask = partial(services.forge.project, project_id)
    return await _remembered(services, f"project:{project_id}", ForgeProject, ask, _PROJECT_KEEP_S)


async def _remembered(
    services: Services, key: str, kind: type[T], ask: Callable[[], Awaitable[T]], keep_s: float
) -> T:
    """Return what is remembered, else what GitLab answers, which is remembered then."""
    kept = await services.memory.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=kind)
    answer = await ask()
    await services.memory.set(key, msgspec.json.encode(answer).decode(), keep_s=keep_s)
    return answer


async def read_commit(
    services: Services, project: ForgeProject, sha: str, policy_ref: str, known: Published = NOTHING
) -> Reading:
    """Read the files of a commit and the policy of the branch that it is meant for.

    ``known`` is what registries have answered just now.
    """
    ci_path = _ci_path(project)
    wanted = [
        FileSet(project.path, sha, ALWAYS_READ | ({ci_path} if ci_path else set())),
        FileSet(project.path, policy_ref, frozenset(POLICY_PATHS)),
        FileSet(project.path, project.default_branch, frozenset({ci_path, "pyproject.toml"} - {""})),
    ]
    if services.choices.policy_project:
        wanted.append(FileSet(services.choices.policy_project, "HEAD", frozenset({".scansion.toml"})))
    found, ours, default, *group = await services.forge.file_sets(wanted)
    runs = await past_runs(services, project.id)
    facts = replace(_facts(services, project), install_timings=runs.timings, published=known)
    snapshot = _snapshot(found, ci_path or DEFAULT_CI_PATH, facts)
    snapshot = await _completed(services, project, sha, snapshot)
    trusted = _snapshot(default, snapshot.ci_path, facts)
    return Reading(
        snapshot=await with_elsewhere(services, project, sha, snapshot, trusted),
        policy=merge_policies(*(read_policy(files) for files in (*group, ours))),
        policy_remarks=_policy_remarks(found, ours),
        target_project=_decoded(ours)[0].get("pyproject.toml"),
    )


def _policy_remarks(head: Mapping[str, bytes], target: Mapping[str, bytes]) -> tuple[str, ...]:
    """What is wrong with a policy is said where it is written, not on every merge request after it."""
    errors = read_policy(head).errors
    return errors if errors != read_policy(target).errors else ()


def _ci_path(project: ForgeProject) -> str:
    """The path of the CI file in the repository; empty where it lies in another project or on a web server."""
    path = project.ci_config_path or DEFAULT_CI_PATH
    return "" if "@" in path or "://" in path else path.removeprefix("/")


def _facts(services: Services, project: ForgeProject) -> Facts:
    return Facts(
        today=datetime.fromtimestamp(services.clock.now(), UTC).date(),
        project_path=project.path,
        project_id=project.id,
        server_url=project.web_url.removesuffix(f"/{project.path}"),
        default_branch=project.default_branch,
    )


def _snapshot(found: Mapping[str, bytes], ci_path: str, facts: Facts) -> Snapshot:
    files, unreadable = _decoded(found)
    return Snapshot(files=files, unreadable=unreadable, ci_path=ci_path, facts=facts)


def _decoded(found: Mapping[str, bytes]) -> tuple[dict[str, SourceFile], dict[str, str]]:
    files: dict[str, SourceFile] = {}
    unreadable: dict[str, str] = {}
    for path, data in found.items():
        try:
            files[path] = SourceFile.from_bytes(path, data)
        except UnreadableSourceError as error:
            unreadable[path] = str(error)
    return files, unreadable


async def _completed(services: Services, project: ForgeProject, sha: str, snapshot: Snapshot) -> Snapshot:
    """Add the files that the CI file includes or calls, until it wants no more."""
    asked: set[str] = set()
    for _ in range(_ROUNDS):
        wanted = sorted(await asyncio.to_thread(services.judge.wanted_files, snapshot) - asked)[:_FILES_IN_A_CALL]
        if not wanted:
            break
        asked.update(wanted)
        [found] = await services.forge.file_sets([FileSet(project.path, sha, frozenset(wanted))])
        files, unreadable = _decoded(found)
        if not found:
            break
        snapshot = replace(
            snapshot,
            files={**snapshot.files, **files},
            unreadable={**snapshot.unreadable, **unreadable},
        )
    return snapshot
