"""Which versions the open merge requests of a project claim: remembered as each is looked at, so nothing is asked.

A merge request claims the version that it sets and its target branch does not have. Each has an entry of its own,
written on its own lane; the list of all is only a hint where to look, so that two writers can lose no truth.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import msgspec
from packaging.utils import canonicalize_name

from bot.app.lanes import review_of
from bot.app.ports import MergeRequest, Services
from bot.core.python.project import read_project
from bot.core.python.versions import same_version
from bot.core.snapshot import Snapshot
from bot.core.source import SourceFile

_KEEP_S = 14 * 86400.0
_MOST = 50


@dataclass(frozen=True, slots=True)
class Claim:
    """A version of a package that a merge request sets. ``branch`` is its source branch."""

    package: str
    version: str
    branch: str

    def clashes(self, other: Claim) -> bool:
        """Whether only one of the two can be published."""
        return _same((self.package, self.version), (other.package, other.version))


async def with_claims(
    services: Services, request: MergeRequest, snapshot: Snapshot, target: SourceFile | None
) -> Snapshot:
    """Add what the other merge requests claim, and remember what this one does.

    ``target`` is the `pyproject.toml` that it is merged into.
    """
    ours, before = _named(snapshot.files.get("pyproject.toml")), _named(target)
    claims = ours is not None and not (before and _same(ours, before))
    counts = request.state == "opened" and not request.draft and request.source_project_id == request.project_id
    await _record(services, request, Claim(*ours, request.source_branch) if ours and claims and counts else None)
    claimed: dict[str, str] = {}
    for iid, other in sorted((await _others(services, request)).items()):
        # What this one only leaves as it is, it does not claim: then an equal version is the other's business.
        if ours and other.package == ours[0] and (claims or not _same(ours, (other.package, other.version))):
            claimed.setdefault(other.version, f"!{iid}")
    return replace(snapshot, facts=replace(snapshot.facts, claimed_versions=claimed))


async def drop_claim(services: Services, request: MergeRequest) -> None:
    """Forget what a merge request claimed: it is closed, merged, or not looked at any more."""
    await _record(services, request, None)


async def keep_claims(services: Services, project_id: int, open_now: Collection[int]) -> None:
    """Forget the claims of all others than these: their end was never heard of."""
    listed = await _listed(services, project_id)
    kept = [iid for iid in listed if iid in open_now]
    if kept != listed:
        await _list(services, project_id, kept)


def _named(file: SourceFile | None) -> tuple[str, str] | None:
    """The package and its version, where the file says both."""
    project = read_project(file)
    if project is None or not project.name or not project.version or not project.package_mode:
        return None
    return canonicalize_name(project.name), project.version


async def _record(services: Services, request: MergeRequest, claim: Claim | None) -> None:
    """Keep a claim for as long as its merge request is looked at; who clashes with a change is looked at again."""
    before = await _read(services, request.project_id, request.iid)
    if claim is None and before is None:
        return
    value = msgspec.json.encode(claim).decode()
    await services.memory.set(_key(request.project_id, request.iid), value, keep_s=_KEEP_S)
    listed = await _listed(services, request.project_id)
    if claim is not None and request.iid not in listed:
        await _list(services, request.project_id, [*listed, request.iid])
    if claim != before:
        others = await _others(services, request)
        told = [review_of(request.project_id, iid) for iid, one in others.items() if _concerns(one, before, claim)]
        if told:
            await services.queue.add(None, told)


def _concerns(other: Claim, *claims: Claim | None) -> bool:
    return any(claim is not None and claim.clashes(other) for claim in claims)


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] == other[0] and same_version(one[1], other[1])


async def _others(services: Services, request: MergeRequest) -> Mapping[int, Claim]:
    """What the other merge requests claim; those of the same branch are the same change."""
    found: dict[int, Claim] = {}
    for iid in await _listed(services, request.project_id):
        claim = await _read(services, request.project_id, iid) if iid != request.iid else None
        if claim is not None and claim.branch != request.source_branch:
            found[iid] = claim
    return found


async def _read(services: Services, project_id: int, iid: int) -> Claim | None:
    kept = await services.memory.get(_key(project_id, iid))
    return msgspec.json.decode(kept, type=Claim | None) if kept else None


async def _listed(services: Services, project_id: int) -> list[int]:
    kept = await services.memory.get(f"claims:{project_id}")
    return msgspec.json.decode(kept, type=list[int]) if kept else []


async def _list(services: Services, project_id: int, iids: list[int]) -> None:
    value = msgspec.json.encode(iids[-_MOST:]).decode()
    await services.memory.set(f"claims:{project_id}", value, keep_s=_KEEP_S)


def _key(project_id: int, iid: int) -> str:
    return f"claim:{project_id}:{iid}"
