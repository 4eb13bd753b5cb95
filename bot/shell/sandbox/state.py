"""What the simulated GitLab knows: its users, projects and everything in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.shell.sandbox.diff import FileChange
from bot.shell.sandbox.repository import Repository

GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER, ADMIN = 10, 20, 30, 40, 50, 60
Json = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class User:
    """A person or a bot. ``state`` is `active` or `blocked`."""

    id: int
    username: str
    name: str
    email: str
    bot: bool = False
    admin: bool = False
    state: str = "active"


@dataclass(kw_only=True, eq=False)
class Token:
    """An access token. ``expires_at`` is a date, empty for never."""

    id: int
    value: str = field(repr=False)
    user: User
    scopes: frozenset[str] = frozenset({"api"})
    name: str = "token"
    expires_at: str = ""
    revoked: bool = False


@dataclass(kw_only=True, eq=False)
class Version:
    """What one push made of a merge request."""

    id: int
    base: str
    start: str
    head: str
    created_at: float
    changes: list[FileChange] | None = field(default=None, repr=False)  # worked out when it is first asked for


@dataclass(kw_only=True, eq=False)
class Note:
    """A comment. ``kind`` is None for a plain one, else `DiscussionNote` or `DiffNote`."""

    id: int
    body: str
    author: User
    discussion_id: str
    created_at: float
    updated_at: float
    kind: str | None = None
    system: bool = False
    position: Json | None = None
    resolved_by: User | None = None
    awards: list[tuple[int, str, User]] = field(default_factory=list)
    suggestions: list[Suggestion] = field(default_factory=list)

    @property
    def resolvable(self) -> bool:
        """Whether the note opens or continues a thread that can be resolved."""
        return self.kind is not None and not self.system


@dataclass(kw_only=True, eq=False)
class Suggestion:
    """Lines that a diff note proposes to replace."""

    id: int
    path: str
    from_line: int
    to_line: int
    from_content: str
    to_content: str
    applied: bool = False


@dataclass(kw_only=True, eq=False)
class MergeRequest:
    """A merge request of a project. ``executed`` are the quick actions that notes ran on it."""

    id: int
    iid: int
    title: str
    description: str
    author: User
    source_branch: str
    target_branch: str
    source_project: Project
    target_project: Project
    created_at: float
    updated_at: float
    state: str = "opened"
    sha: str = ""
    labels: list[str] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    approved_by: list[User] = field(default_factory=list)
    executed: list[tuple[str, str]] = field(default_factory=list)
    notes_created: int = 0
    preparing: bool = False

    @property
    def draft(self) -> bool:
        """Whether the title says that it is a draft."""
        return self.title.lower().startswith(("draft:", "[draft]", "(draft)"))


@dataclass(kw_only=True, eq=False)
class Job:
    """One attempt of a CI job."""

    id: int
    name: str
    stage: str
    status: str
    created_at: float
    trace: bytes | None = field(default=b"", repr=False)
    failure_reason: str = ""
    allow_failure: bool = False
    duration_s: float | None = None
    retried: bool = False
    finished_at: float | None = None


@dataclass(kw_only=True, eq=False)
class Pipeline:
    """A pipeline. ``merge_request`` is set for those of source `merge_request_event`."""

    id: int
    iid: int
    sha: str
    ref: str
    source: str
    user: User
    created_at: float
    before_sha: str
    status: str = "pending"
    yaml_errors: str = ""
    merge_request: MergeRequest | None = None
    jobs: list[Job] = field(default_factory=list)
    updated_at: float = 0.0
    finished_at: float | None = None
    duration_s: float | None = None
    outcomes: dict[str, JobRun] = field(default_factory=dict, repr=False)


@dataclass(kw_only=True, eq=False)
class PackageFile:
    """An uploaded file."""

    id: int
    name: str
    size: int
    sha256: str
    created_at: float


@dataclass(kw_only=True, eq=False)
class Package:
    """A version of a package in a project's registry."""

    id: int
    name: str
    version: str
    created_at: float
    status: str = "default"
    kind: str = "pypi"
    files: list[PackageFile] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class Protection:
    """Who may push to a protected branch."""

    name: str
    push_level: int = MAINTAINER
    merge_level: int = MAINTAINER
    allow_force_push: bool = False


@dataclass(kw_only=True, eq=False)
class Hook:
    """A webhook's configuration and health."""

    id: int
    url: str
    token: str = field(default="", repr=False)
    signing_token: str = field(default="", repr=False)
    events: frozenset[str] = frozenset()
    settings: Json = field(default_factory=dict)
    created_at: float = 0.0
    failures: int = 0
    disabled_until: float | None = None
    disabled: bool = False
    log: list[Json] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class CommitStatus:
    """An outside judgement of a commit."""

    id: int
    sha: str
    ref: str
    name: str
    state: str
    description: str
    target_url: str
    author: User
    created_at: float


@dataclass(kw_only=True, eq=False)
class CommitComment:
    """A comment on a commit."""

    sha: str
    body: str
    author: User
    created_at: float


@dataclass(kw_only=True, eq=False)
class Project:
    """A project and all in it. ``merge_request_pipelines``: it runs those instead of branch pipelines."""

    id: int
    path: str
    name: str
    repository: Repository
    created_at: float
    visibility: str = "private"
    ci_config_path: str | None = None
    merge_request_pipelines: bool = False
    forked_from: Project | None = None
    members: dict[int, int] = field(default_factory=dict)
    protections: dict[str, Protection] = field(default_factory=dict)
    merge_requests: list[MergeRequest] = field(default_factory=list)
    pipelines: list[Pipeline] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    statuses: list[CommitStatus] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    commit_comments: list[CommitComment] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """The group's or user's path."""
        return self.path.rpartition("/")[0]

    def merge_request(self, iid: int) -> MergeRequest | None:
        """Return a merge request by its number in the project, None where there is none."""
        return next((request for request in self.merge_requests if request.iid == iid), None)


@dataclass(frozen=True, slots=True)
class JobRun:
    """How the simulated runner ends one job. ``status`` is `success` or `failed`."""

    name: str
    stage: str = "test"
    status: str = "success"
    trace: bytes | None = b""
    failure_reason: str = ""
    allow_failure: bool = False
    duration_s: float = 12.0


Runner = Callable[[Project, str, dict[str, bytes]], list[JobRun]]
Emit = Callable[[Project, str, Json], None]
Later = Callable[[Callable[[], None]], None]


def no_jobs(_project: Project, _ref: str, _files: dict[str, bytes]) -> list[JobRun]:
    """A runner without jobs: no pipeline is made."""
    return []


def at_once(act: Callable[[], None]) -> None:
    """Run pipelines in the moment in which they are made."""
    act()


def keep_silent(_to: object, _trigger: str, _payload: Json) -> None:
    """Send no webhook."""


def forget(_delivery: Json) -> None:
    """Send nothing again."""


@dataclass(kw_only=True, eq=False)
class World:
    """The whole instance. ``emit`` is told of all that a webhook may report, ``later`` says when pipelines run.

    ``emit_to`` tells one hook, ``send_again`` repeats an entry of a hook's log.
    """

    clock: Callable[[], float]
    base_url: str = "http://gitlab.example.com"
    version: str = "19.2.0"
    users: list[User] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    projects: list[Project] = field(default_factory=list)
    group_hooks: dict[str, list[Hook]] = field(default_factory=dict)
    runner: Runner = no_jobs
    later: Later = at_once
    emit: Emit = keep_silent
    emit_to: Callable[[Hook, str, Json], None] = keep_silent
    send_again: Callable[[Json], None] = forget
    ids: count[int] = field(default_factory=lambda: count(101))
    last_time: float = 0.0

    def now(self) -> float:
        """The time; no two calls give the same, so that order is always known."""
        self.last_time = max(self.clock(), self.last_time + 0.001)
        return self.last_time

    def next_id(self) -> int:
        """An id that nothing has yet."""
        return next(self.ids)

    def project(self, key: str) -> Project | None:
        """Return a project by id or full path."""
        return next((p for p in self.projects if str(p.id) == key or p.path == key), None)

    def user(self, user_id: int) -> User | None:
        """Return a user by id."""
        return next((user for user in self.users if user.id == user_id), None)
