"""Asks the package registries that a pipeline publishes to which versions they have."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.app.ports import ForgeProject, PermanentForgeError, Services
from bot.core.python.registries import RegistryQuestion, registry_questions
from bot.core.snapshot import PublishedVersion, RegistryKey, Snapshot


async def with_published(services: Services, project: ForgeProject, snapshot: Snapshot) -> Snapshot:
    """Ask the registries that the pipeline publishes to, only where it does."""
    published: dict[RegistryKey, tuple[PublishedVersion, ...]] = {}
    for question in await asyncio.to_thread(registry_questions, snapshot):
        answer = await _published(services, project, question)
        if answer is not None:
            published[question.registry] = answer
    return replace(snapshot, facts=replace(snapshot.facts, published=published))


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
