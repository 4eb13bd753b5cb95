"""The optional commit status `scansion`."""

from __future__ import annotations

from collections.abc import Iterable

from bot.app.scene import Scene
from bot.core.finding import Finding, Severity

_KEEP_S = 14 * 86400.0


async def set_status(scene: Scene, findings: Iterable[Finding]) -> None:
    """Set the head's status where the operator wants one, once for each change."""
    if not scene.services.choices.commit_status:
        return
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    state = "failed" if errors else "success"
    key = f"status:{scene.project.id}:{scene.request.sha}"
    if await scene.services.memory.get(key) == state:
        return
    await scene.pen.ready()
    words = f"{errors} to fix" if errors else "nothing to fix before merging"
    ref, sha = scene.request.source_branch, scene.request.sha
    forge = scene.services.forge
    await forge.set_commit_status(scene.project.id, sha, ref=ref, state=state, description=words)
    await scene.services.memory.set(key, state, keep_s=_KEEP_S)
