"""The parts of GitLab's answers that are used, as msgspec reads them; everything else in them is passed over."""

from __future__ import annotations

from msgspec import Struct, field


class User(Struct):
    """An author or the token's user."""

    id: int
    username: str
    name: str | None = None
    bot: bool = False
    state: str = "active"


class Project(Struct):
    """A project."""

    id: int
    path_with_namespace: str
    web_url: str = ""
    default_branch: str | None = None
    ci_config_path: str | None = None


class DiffRefs(Struct):
    """The commits of a diff; all null while it is being prepared."""

    base_sha: str | None = None
    start_sha: str | None = None
    head_sha: str | None = None


class Pipeline(Struct):
    """A pipeline."""

    id: int
    status: str
    sha: str = ""
    project_id: int | None = None
    ref: str | None = None
    source: str | None = None
    web_url: str = ""
    yaml_errors: str | None = None
    duration: float | None = None
    updated_at: str | None = None


class MergeRequest(Struct):
    """A merge request, of a list or by itself."""

    project_id: int
    iid: int
    title: str
    state: str
    source_branch: str
    target_branch: str
    target_project_id: int
    author: User
    description: str | None = None
    draft: bool = False
    sha: str | None = None
    source_project_id: int | None = None
    web_url: str = ""
    labels: list[str] = field(default_factory=list)
    diff_refs: DiffRefs | None = None
    head_pipeline: Pipeline | None = None
    changes_count: str | None = None


class Diff(Struct):
    """A changed file."""

    old_path: str
    new_path: str
    deleted_file: bool = False
    diff: str | None = None


class Position(Struct):
    """Where a diff note stands."""

    new_path: str | None = None
    new_line: int | None = None


class Note(Struct):
    """A comment."""

    id: int
    body: str
    author: User
    type: str | None = None
    system: bool = False
    resolvable: bool = False
    resolved: bool = False
    position: Position | None = None
    created_at: str = ""
    updated_at: str = ""


class Discussion(Struct):
    """A thread."""

    id: str
    notes: list[Note]


class CommitComment(Struct):
    """A comment on a commit; it has no id."""

    note: str
    author: User
    created_at: str = ""


class Job(Struct):
    """A CI job."""

    id: int
    name: str
    status: str
    web_url: str = ""
    failure_reason: str | None = None
    allow_failure: bool = False
    duration: float | None = None


class Commit(Struct):
    """A commit."""

    id: str
    author_email: str | None = None
    committer_email: str | None = None
    message: str | None = None


class Branch(Struct):
    """A branch and our right to push to it."""

    commit: Commit
    can_push: bool = False


class Lint(Struct):
    """The judgement of a CI file."""

    valid: bool
    errors: list[str] = field(default_factory=list)
    merged_yaml: str | None = None


class PackageLinks(Struct):
    """Where a package is shown."""

    web_path: str | None = None


class Package(Struct):
    """A package version in a registry."""

    name: str
    version: str | None = None
    links: PackageLinks = field(default_factory=PackageLinks, name="_links")
    project_path: str | None = None


class Member(Struct):
    """A project member."""

    access_level: int
    state: str = "active"


class Blob(Struct):
    """A file's text in a GraphQL answer; BigInt comes as text."""

    path: str
    size: str | int | None = None
    text: str | None = field(default=None, name="rawTextBlob")


class Blobs(Struct):
    """The files that were found."""

    nodes: list[Blob | None] | None = None


class GraphRepository(Struct):
    """A repository in a GraphQL answer."""

    blobs: Blobs | None = None


class GraphProject(Struct):
    """A project in a GraphQL answer."""

    repository: GraphRepository | None = None


class GraphError(Struct):
    """What was wrong with a GraphQL query."""

    message: str = ""


class GraphAnswer(Struct):
    """A GraphQL answer: errors come inside of it."""

    data: dict[str, GraphProject | None] | None = None
    errors: list[GraphError] = field(default_factory=list)
