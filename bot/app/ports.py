"""The ports: what the use cases need from the outside, as small protocols, and the values that pass them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.app.choices import Choices
from bot.app.judge import Judge


class ForgeError(Exception):
    """GitLab did not do what was asked. The message is a sentence without secrets."""


class TransientForgeError(ForgeError):
    """It may work later. ``retry_after_s`` is what GitLab asked for, None where it did not say."""

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PermanentForgeError(ForgeError):
    """It will not work by trying again: wrong token, no right, no such thing, refused input."""


class NotFoundError(PermanentForgeError):
    """No such thing, or no right to see it (GitLab does not tell these apart)."""


class ForbiddenError(PermanentForgeError):
    """The token may not do that: role too low, or a protected branch."""


class ConflictError(PermanentForgeError):
    """It is there already, or has changed meanwhile. ``existing`` is the iid of a merge request in the way."""

    def __init__(self, message: str, existing: int | None = None) -> None:
        super().__init__(message)
        self.existing = existing


class InvalidPositionError(PermanentForgeError):
    """A diff position that GitLab does not take: the line is not in the diff, or the head moved on."""


@dataclass(frozen=True, slots=True)
class User:
    """A GitLab user."""

    id: int
    username: str
    name: str = ""
    bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeProject:
    """A project. ``ci_config_path`` is empty for the default."""

    id: int
    path: str
    web_url: str
    default_branch: str
    ci_config_path: str = ""


@dataclass(frozen=True, slots=True)
class DiffRefs:
    """The three commits of a diff position."""

    base_sha: str
    start_sha: str
    head_sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgePipeline:
    """A pipeline as read just now. ``updated_at`` is as GitLab writes it, empty where it did not say."""

    id: int
    project_id: int
    sha: str
    ref: str
    status: str
    source: str
    web_url: str
    yaml_errors: str = ""
    duration_s: float | None = None
    updated_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRequest:
    """A merge request as read just now."""

    project_id: int
    iid: int
    title: str
    description: str
    state: str
    draft: bool
    sha: str
    source_branch: str
    target_branch: str
    source_project_id: int | None
    target_project_id: int
    author: User
    web_url: str
    labels: tuple[str, ...] = ()
    diff_refs: DiffRefs | None = None
    head_pipeline: ForgePipeline | None = None  # lists do not have it
    changed_files: int | None = None  # None where GitLab did not say; a huge one is at least 1,000

    @property
    def head_pipeline_id(self) -> int | None:
        """Its id."""
        return self.head_pipeline.id if self.head_pipeline else None

    @property
    def head_pipeline_status(self) -> str:
        """Its status; empty where there is none."""
        return self.head_pipeline.status if self.head_pipeline else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """A changed file: the numbers of its added lines, and the old ones of unchanged lines that the diff shows."""

    old_path: str
    new_path: str
    deleted_file: bool = False
    added: frozenset[int] = frozenset()
    old_line_of: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A comment. ``discussion_id`` is empty where it was not asked for."""

    id: int
    body: str
    author: User
    system: bool = False
    resolvable: bool = False
    resolved: bool = False
    discussion_id: str = ""
    path: str = ""
    new_line: int | None = None
    created_at: str = ""
    updated_at: str = ""


@dataclass(frozen=True, slots=True)
class Discussion:
    """A thread: its notes in order."""

    id: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a diff thread stands: an added line has only ``new_line``, an unchanged one both."""

    refs: DiffRefs
    old_path: str
    new_path: str
    new_line: int
    old_line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeJob:
    """A CI job as read just now."""

    id: int
    name: str
    status: str
    web_url: str
    failure_reason: str = ""
    allow_failure: bool = False
    duration_s: float | None = None


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files to read: of one project at one commit or branch."""

    project_path: str
    ref: str
    paths: frozenset[str]


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's new content for a commit. ``create``: it must not be there yet."""

    path: str
    content: str
    create: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit."""

    sha: str
    author_email: str = ""
    committer_email: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class LintResult:
    """GitLab's own judgement of a CI file."""

    valid: bool
    errors: tuple[str, ...]
    merged_yaml: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package version in a GitLab registry."""

    name: str
    version: str
    web_url: str = ""
    project_path: str = ""


class Forge(Protocol):
    """GitLab. Every method may raise ForgeError; none retries longer than its time-out."""

    async def current_user(self, project_id: int | None = None) -> User: ...  # a project may have its own token
    async def projects(self) -> list[ForgeProject]: ...  # those that the bot is a member of
    async def project(self, project: int | str) -> ForgeProject: ...
    async def merge_request(self, project_id: int, iid: int) -> MergeRequest: ...
    async def merge_requests(
        self,
        project_id: int,
        *,
        state: str = "opened",
        source_branch: str = "",
        target_branch: str = "",
        author_id: int | None = None,
        updated_after: str = "",
    ) -> list[MergeRequest]: ...
    async def merge_request_diffs(self, project_id: int, iid: int) -> list[FileDiff]: ...
    async def file_sets(self, wanted: Sequence[FileSet]) -> list[dict[str, bytes]]: ...  # one request for all
    async def discussions(self, project_id: int, iid: int) -> list[Discussion]: ...
    async def create_note(self, project_id: int, iid: int, body: str) -> Note: ...
    async def update_note(self, project_id: int, iid: int, note_id: int, body: str) -> Note: ...
    async def create_discussion(
        self, project_id: int, iid: int, body: str, position: Position | None
    ) -> Discussion: ...
    async def reply(self, project_id: int, iid: int, discussion_id: str, body: str) -> Note: ...
    async def resolve(self, project_id: int, iid: int, discussion_id: str, *, resolved: bool) -> None: ...
    async def award(self, project_id: int, iid: int, note_id: int, emoji: str) -> None: ...
    async def access_level(self, project_id: int, user_id: int) -> int: ...
    async def pipeline(self, project_id: int, pipeline_id: int) -> ForgePipeline: ...
    async def pipelines(
        self, project_id: int, *, ref: str = "", sha: str = "", source: str = ""
    ) -> list[ForgePipeline]: ...
    async def jobs(self, project_id: int, pipeline_id: int, *, failed: bool, retried: bool) -> list[ForgeJob]: ...
    def trace(self, project_id: int, job_id: int) -> AsyncIterator[bytes]: ...
    async def retry_job(self, project_id: int, job_id: int) -> ForgeJob: ...
    async def packages(self, project: int | str, *, group: bool, name: str) -> list[Package]: ...
    async def lint(self, project_id: int, content: str, ref: str) -> LintResult: ...
    async def lint_commit(self, project_id: int, sha: str) -> LintResult: ...  # its CI file with all includes
    async def branch(self, project_id: int, name: str) -> tuple[Commit, bool]: ...  # and whether we may push
    async def delete_branch(self, project_id: int, name: str) -> None: ...
    async def commits(self, project_id: int, ref: str, limit: int) -> list[Commit]: ...
    async def commit(
        self,
        project_id: int,
        *,
        branch: str,
        start_sha: str,
        message: str,
        changes: Sequence[FileChange],
        force: bool,
    ) -> Commit: ...
    async def create_merge_request(
        self,
        project_id: int,
        *,
        source: str,
        target: str,
        title: str,
        description: str,
    ) -> MergeRequest: ...
    async def update_merge_request(self, project_id: int, iid: int, fields: Mapping[str, Any]) -> MergeRequest: ...
    async def commit_comments(self, project_id: int, sha: str) -> list[Note]: ...
    async def comment_on_commit(self, project_id: int, sha: str, body: str) -> None: ...
    async def set_commit_status(
        self, project_id: int, sha: str, *, ref: str, state: str, description: str
    ) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """Work to do. ``kind`` is a module of `bot.app.work`; ``lane`` orders it (one at a time, first in first out).

    Whatever writes to a merge request must run on the lane ``mr:<project>:<iid>``; work that finds its
    merge request only by asking GitLab (lane ``ref:<project>:<ref>``) adds itself again on that lane.
    ``coalesce``: of several waiting items with the same kind, lane and key only the newest runs. Empty: never.
    ``payload`` holds plain JSON values: where to look, never what to do.
    """

    kind: str
    lane: str
    payload: Mapping[str, Any]
    coalesce: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook that was received. ``keys`` are its identities: any of them known means it is a duplicate."""

    id: str
    event: str
    keys: tuple[str, ...]
    received_at: float
    summary: str = ""


class WorkQueue(Protocol):
    """Durable work. ``add`` returns only when the delivery and its items are on disk, all or nothing."""

    async def add(self, delivery: Delivery | None, items: Sequence[WorkItem], *, delay_s: float = 0) -> bool: ...


class Memory(Protocol):
    """Small facts that are cheap to lose: ignores, closed fix-ups, baselines, limits."""

    async def get(self, key: str) -> str | None: ...
    async def set(self, key: str, value: str, *, keep_s: float) -> None: ...


class Clock(Protocol):
    """The time."""

    def now(self) -> float: ...  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Services:
    """What a kind of work may use."""

    forge: Forge
    queue: WorkQueue
    memory: Memory
    clock: Clock
    choices: Choices = field(default_factory=Choices)
    judge: Judge = field(default_factory=Judge)


@dataclass(frozen=True, slots=True)
class Done:
    """The work is done; ``summary`` says in a few words what came of it.

    ``counts`` are for the metrics: ``("diagnosis", <cause>)`` and ``("fixup", <how it stands>)``.
    """

    summary: str = ""
    counts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again: after ``after_s`` where that is known, else with a growing pause. Attempts are bounded."""

    reason: str
    after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """It cannot be done; a person must look. ``reason`` is kept with the dead letter."""

    reason: str


Outcome = Done | Retry | Dead


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of queued work: the constant ``WORK`` of a module of `bot.app.work`.

    ``run`` may raise: TransientForgeError counts as Retry, any other exception as Dead. It may be run
    more than once for the same item (a killed worker), so it must reconcile, not repeat.
    """

    id: str
    run: Callable[[Mapping[str, Any], Services], Awaitable[Outcome]]
