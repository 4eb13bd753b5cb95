"""Which failed pipelines a merge request's note tells of, and why they failed."""

from __future__ import annotations

from dataclasses import replace

from bot.app.blame import with_faults
from bot.app.failures import FINISHED, Failures, diagnose_jobs
from bot.app.pipeline_jobs import read_jobs
from bot.app.ports import MergeRequest, NotFoundError
from bot.app.refused_pipeline import refused_failure
from bot.app.scene import Scene
from bot.core.render.contents import Told
from bot.core.render.note import NoteState

_CHILD = "parent_pipeline"
_MOST_CHILDREN = 5
_TRAIN = "/train"


async def tell_failures(scene: Scene, before: NoteState | None, pipeline: int) -> tuple[Told, Failures]:
    """Return the pipelines that the note tells of, and why they failed. ``pipeline`` is one that ended."""
    told = await _told(scene, before, pipeline)
    failures = await _failures(scene, told)
    if told.head == scene.request.head_pipeline_id and not (failures.reasons or failures.pending or told.extra):
        told = replace(told, extra=await _failed_children(scene), at=scene.request.sha)
        failures = await _failures(scene, replace(told, head=0))
    return told, failures


async def _failed_children(scene: Scene) -> tuple[int, ...]:
    """The child pipelines that failed: without them their parent has no failed job."""
    head = scene.request.head_pipeline
    if head is None:
        return ()
    runs = await scene.services.forge.pipelines(scene.project.id, sha=head.sha, source=_CHILD)
    return tuple(run.id for run in runs if run.status == "failed" and run.id > head.id)[:_MOST_CHILDREN]


async def _told(scene: Scene, before: NoteState | None, pipeline: int) -> Told:
    """Which failed pipelines count: the head's; while that one runs, what the note tells already stands."""
    request = scene.request
    if not scene.reading.policy.diagnose:
        return Told()
    extra = before.told.extra if before and before.told.at == request.sha else ()
    if pipeline and pipeline not in (request.head_pipeline_id, *extra) and await _is_extra(scene, pipeline):
        extra = (*extra, pipeline)
    head = 0
    if request.head_pipeline_status == "failed":
        head = request.head_pipeline_id or 0
    elif request.head_pipeline_status not in FINISHED and before:
        head = before.told.head
    return Told(head, extra, request.sha if extra else "")


async def _is_extra(scene: Scene, pipeline_id: int) -> bool:
    """Whether a failed pipeline is of a merge train or a child: never the head's, yet this change's."""
    try:
        pipeline = await scene.services.forge.pipeline(scene.project.id, pipeline_id)
    except NotFoundError:
        return False
    head = scene.request.head_pipeline
    ours = pipeline.source == _CHILD and pipeline.sha in (scene.request.sha, head.sha if head else "")
    return pipeline.status == "failed" and (ours or pipeline.ref.endswith(_TRAIN))


async def _failures(scene: Scene, told: Told) -> Failures:
    parts = [await _failures_of(scene, pipeline) for pipeline in (told.head, *told.extra) if pipeline]
    reasons = tuple(reason for part in parts for reason in part.reasons)
    broken = tuple(fault for part in parts for fault in part.broken)
    return Failures(reasons, any(part.pending for part in parts), broken)


async def _failures_of(scene: Scene, pipeline: int) -> Failures:
    request, head = scene.request, scene.request.head_pipeline
    if head and head.id == pipeline and head.yaml_errors:
        return Failures((refused_failure(head),))
    for project_id in dict.fromkeys((request.target_project_id, request.source_project_id)):
        try:
            if project_id is not None:
                jobs = await read_jobs(scene.services, project_id, pipeline, _updated_at(request, pipeline))
                found = await diagnose_jobs(scene.services, project_id, jobs, scene.reading.snapshot)
                return replace(found, reasons=await with_faults(scene, pipeline, found.reasons, jobs))
        except NotFoundError:
            continue  # the pipeline of a fork runs in the fork
    return Failures()


def _updated_at(request: MergeRequest, pipeline: int) -> str:
    head = request.head_pipeline
    return head.updated_at if head and head.id == pipeline else ""
