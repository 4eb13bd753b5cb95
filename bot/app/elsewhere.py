"""What a snapshot needs from outside of its project: included files and the registries that it publishes to.

Both are read with the bot's rights, which may be wider than those of a merge request's author. So they are read
only where the default branch, which the author alone cannot change, points to them already.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.app.ports import ForgeProject, PermanentForgeError, Services
from bot.core.python.registries import RegistryQuestion, registry_questions
from bot.core.snapshot import PublishedVersion, RegistryKey, Snapshot


async def with_elsewhere(
    services: Services, project: ForgeProject, sha: str, snapshot: Snapshot, trusted: Snapshot
) -> Snapshot:
    """Add GitLab's view of the includes, and what the registries have. ``trusted`` is the default branch."""
    snapshot = await _with_includes(services, project, sha, snapshot, trusted)
    return await _with_published(services, project, snapshot, trusted)


async def _with_includes(
    services: Services, project: ForgeProject, sha: str, snapshot: Snapshot, trusted: Snapshot
) -> Snapshot:
    """Let GitLab merge the CI file where it includes what the repository does not hold."""
    lacking = await asyncio.to_thread(services.judge.unknown_includes, snapshot)
    if not lacking or not lacking <= await asyncio.to_thread(services.judge.unknown_includes, trusted):
        return snapshot
    try:
        judged = await services.forge.lint_commit(project.id, sha)
    except PermanentForgeError:
        return snapshot
    if not judged.valid or not judged.merged_yaml:
        return snapshot
    return replace(snapshot, facts=replace(snapshot.facts, merged_ci=judged.merged_yaml))


async def _with_published(
    services: Services, project: ForgeProject, snapshot: Snapshot, trusted: Snapshot
) -> Snapshot:
    """Ask the registries that the pipeline publishes to, only where it does and they have not just answered."""
    published = dict(snapshot.facts.published)
    known: set[RegistryKey] | None = None
    for question in await asyncio.to_thread(registry_questions, snapshot):
        registry = question.registry
        if registry in published:
            continue
        if not _is_own(registry, project):
            known = known or {one.registry for one in await asyncio.to_thread(registry_questions, trusted)}
            if registry not in known:
                continue
        answer = await _published(services, project, question)
        if answer is not None:
            published[registry] = answer
    return replace(snapshot, facts=replace(snapshot.facts, published=published)) if published else snapshot


def _is_own(registry: RegistryKey, project: ForgeProject) -> bool:
    """Whether the registry is that of the project, or of a group that it lies in."""
    return not registry.name or (registry.kind == "group" and project.path.startswith(f"{registry.name}/"))


async def _published(
    services: Services, project: ForgeProject, question: RegistryQuestion
) -> tuple[PublishedVersion, ...] | None:
    """None where the registry is not this GitLab's or may not be read: unknown is not empty."""
    registry = question.registry
    if registry.kind not in ("project", "group"):
        return None
    where: int | str = registry.name or project.id
    if isinstance(where, str) and where.isdigit():
        where = int(where)
    try:
        found = await services.forge.packages(where, group=registry.kind == "group", name=question.package)
    except PermanentForgeError:
        return None
    return tuple(PublishedVersion(item.name, item.version, item.project_path, item.web_url) for item in found)
