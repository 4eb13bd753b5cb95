"""What an edit of the pipeline is meant for: some of its jobs, in one snapshot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.ci.model import Job, Pipeline, ScriptLine
from bot.core.edits.text import EditRefused
from bot.core.finding import Location
from bot.core.snapshot import Snapshot
from bot.core.yamltree import Document, Mapping, Node, Sequence


@dataclass(frozen=True)
class Target:
    """The jobs that an edit is meant for. Every other job must stay as it is."""

    snapshot: Snapshot
    pipeline: Pipeline
    jobs: tuple[Job, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of the jobs that are meant."""
        return frozenset(job.name for job in self.jobs)

    @property
    def is_everything(self) -> bool:
        """Whether every job of the pipeline is meant."""
        return len(self.names) == len(self.pipeline.jobs)

    def document(self, path: str) -> Document:
        """Return the parsed file; raises EditRefused for a file that the repository does not hold."""
        document = self.pipeline.documents.get(path)
        if document is None or path not in self.snapshot.files:
            raise EditRefused(f"`{path}` is not in this repository")
        return document

    def node(self, location: Location) -> Node:
        """Return the YAML node at a place."""
        node = self.document(location.path).node_at(location.span)
        if node is None:
            raise EditRefused(f"the value in `{location.path}` is written in an unusual way")
        return node


def target(snapshot: Snapshot, pipeline: Pipeline, jobs: Iterable[Job]) -> Target:
    """Name the jobs that an edit is meant for; raises EditRefused where one of them cannot be edited."""
    chosen = tuple(jobs)
    for job in chosen:
        if not job.editable:
            raise EditRefused(f"the job `{job.name}` is not defined in this repository")
    if not chosen:
        raise EditRefused("no job is meant")
    return Target(snapshot, pipeline, chosen)


def jobs_with_line(pipeline: Pipeline, line: ScriptLine) -> tuple[Job, ...]:
    """Return the jobs that run this very line of a file: its own job, and those that share a template with it."""
    return tuple(
        job
        for job in pipeline.jobs
        if any(other.location == line.location for other in (*job.script, *job.after_script))
    )


def jobs_with_value(pipeline: Pipeline, job: Job, *keywords: str) -> tuple[Job, ...]:
    """Return the jobs that take a keyword from the same place as this one: `jobs_with_value(p, job, "cache")`."""
    place = job.origins.get(keywords)
    return tuple(other for other in pipeline.jobs if place is not None and other.origins.get(keywords) == place)


def parents(document: Document, node: Node) -> tuple[Node, ...]:
    """Return the collections around a node, the innermost first."""
    found: list[Node] = []
    level: Node | None = document.roots[-1]
    while level is not None and level is not node:
        found.append(level)
        level = next((child for child in _children(level) if _holds(child, node)), None)
    return tuple(reversed(found)) if level is node else ()


def _children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Mapping):
        return tuple(part for entry in node.entries for part in (entry.key, entry.value))
    return ()


def _holds(outer: Node, inner: Node) -> bool:
    return outer is inner or (
        isinstance(outer, Sequence | Mapping) and outer.outer_start <= inner.start and inner.end <= outer.end
    )
