"""Diagnose a pipeline: find whose it is and look at that as it is now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.app.branch import reconcile_branch
from bot.app.fixup_branch import OWN_PREFIX
from bot.app.lanes import review_of
from bot.app.ports import Done, Outcome, Services, Work
from bot.app.reconcile import reconcile

_REQUEST_REF = re.compile(r"refs/merge-requests/(\d+)/(?:head|merge|train)")


async def run(payload: Mapping[str, Any], services: Services) -> Outcome:
    """Reconcile the merge request of the pipeline, or its branch where there is none."""
    project_id, ref = int(payload["project_id"]), str(payload["ref"])
    if payload.get("iid") is not None:
        return await reconcile(services, project_id, int(payload["iid"]), pipeline=int(payload["pipeline_id"]))
    found = _REQUEST_REF.fullmatch(ref)
    if found:
        iids = [int(found.group(1))]
    else:
        requests = await services.forge.merge_requests(project_id, state="opened", source_branch=ref)
        iids = [request.iid for request in requests if request.source_project_id == project_id]
    if iids:
        await services.queue.add(None, [review_of(project_id, iid) for iid in iids])
        return Done(f"handed on to {', '.join(f'!{iid}' for iid in iids)}")
    if ref.startswith(OWN_PREFIX):
        return Done("a fix-up's branch without a merge request")
    return await reconcile_branch(services, project_id, ref)


WORK = Work(id="diagnose", run=run)
