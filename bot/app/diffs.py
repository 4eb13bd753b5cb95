"""The diff of a merge request, as far as fixes may lie in it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bot.app.ports import FileDiff
from bot.app.scene import Scene

LARGE_DIFF = 300  # files
_KEEP_S = 14 * 86400.0
_MOST_LINES = 20_000


async def read_diffs(scene: Scene) -> Mapping[str, FileDiff]:
    """Return what changed in the files that were read, by path, once for each state of the branch.

    That of a draft or of a huge merge request is not read at all: nothing is suggested there. Nor is it where the
    policy wants no threads.
    """
    request = scene.request
    large = request.changed_files is not None and request.changed_files > LARGE_DIFF
    if large or request.draft or request.diff_refs is None or not scene.reading.policy.threads:
        return {}
    refs = request.diff_refs
    key = f"diff:{request.project_id}:{request.iid}:{refs.base_sha}:{refs.start_sha}:{refs.head_sha}"
    kept = await scene.services.memory.get(key)
    if kept is not None:
        return msgspec.json.decode(kept, type=dict[str, FileDiff])
    found = await scene.services.forge.merge_request_diffs(*scene.address)
    diffs = {
        diff.new_path: diff
        for diff in found
        if not diff.deleted_file and diff.new_path in scene.reading.snapshot.files
    }
    lines = sum(len(diff.added) + len(diff.old_line_of) for diff in diffs.values())
    if found and lines < _MOST_LINES:  # an empty one may not be ready yet
        await scene.services.memory.set(key, msgspec.json.encode(diffs).decode(), keep_s=_KEEP_S)
    return diffs
